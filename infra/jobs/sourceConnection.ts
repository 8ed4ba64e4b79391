import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { JobDefinition } from "../../etl/definition/jobs.ts";
import { contentHash } from "../shared/contentHash.ts";
import { sourceArguments } from "./glueArguments.ts";

export interface SourceConnectionArgs {
	/** The jobs; a new one needs nothing here. */
	jobs: readonly JobDefinition[];
	/** What is replicated: the connection names one of the schemas. */
	/** Schemas that are replicated. */
	schemas: readonly string[];
	/** Bucket of the scripts, where the certificate is put, too. */
	scriptsBucket: pulumi.Input<string>;
	/** Where the source listens. */
	sourceHost: pulumi.Input<string>;
	/** Port of the source. */
	sourcePort: pulumi.Input<number>;
	/** Secret of username, password, host and port. */
	sourceSecretArn: pulumi.Input<string>;
	/** Certificate authority of the source, PEM. */
	sourceCaCertificate: pulumi.Input<string>;
	/** Where the network interfaces of jobs that read the source stand. */
	subnetId: pulumi.Input<string>;
	/** Zone of that subnet. */
	availabilityZone: pulumi.Input<string>;
	/** Group of those network interfaces. */
	securityGroupId: pulumi.Input<string>;
}

/**
 * How jobs reach the source: over JDBC, in its network, by TLS and its secret.
 * https://docs.aws.amazon.com/glue/latest/dg/connection-properties.html
 */
export function sourceConnection(
	parent: pulumi.ComponentResource,
	name: string,
	args: SourceConnectionArgs,
): aws.glue.Connection {
	const certificate = new aws.s3.BucketObject(
		`${name}-source-certificate`,
		{
			bucket: args.scriptsBucket,
			key: pulumi.output(args.sourceCaCertificate).apply((pem) => `certificates/${contentHash(pem)}/source.pem`),
			content: args.sourceCaCertificate,
		},
		{ parent },
	);
	return new aws.glue.Connection(
		`${name}-source`,
		{
			name: connectionName(name),
			connectionType: "JDBC",
			connectionProperties: {
				JDBC_CONNECTION_URL: pulumi.interpolate`jdbc:mysql://${args.sourceHost}:${args.sourcePort}/${sourceSchema(args)}`,
				JDBC_ENFORCE_SSL: "true",
				CUSTOM_JDBC_CERT: pulumi.interpolate`s3://${certificate.bucket}/${certificate.key}`,
				SECRET_ID: args.sourceSecretArn,
			},
			physicalConnectionRequirements: {
				availabilityZone: args.availabilityZone,
				subnetId: args.subnetId,
				securityGroupIdLists: [args.securityGroupId],
			},
		},
		{ parent },
	);
}

export function connectionName(name: string): string {
	return `${name}-source`;
}

/** Arguments by which a job reads the source over the connection. */
export function jdbcArguments(args: SourceConnectionArgs): pulumi.Output<Record<string, string>> {
	return pulumi
		.all([args.sourceHost, args.sourcePort, args.sourceSecretArn])
		.apply(([host, port, secretArn]) => sourceArguments({ host, port, secretArn, schema: sourceSchema(args) }));
}

/** The schema that the jobs which use the source read in the lake; a JDBC connection names one. */
function sourceSchema({ jobs, schemas }: SourceConnectionArgs): string {
	const read = jobs.filter((job) => job.usesSource).flatMap((job) => job.reads.map(({ prefix }) => prefix.split("/")));
	return schemas.find((schema) => read.some((parts) => parts.includes(schema))) ?? "";
}
