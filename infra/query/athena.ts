import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { NamedQuery } from "../../etl/definition/namedQueries.ts";
import { athenaResultsPrefix } from "../storage/dataLake.ts";

export interface AthenaArgs {
	/** Catalog database that the named queries run on. */
	database: pulumi.Input<string>;
	/** Bucket of the results, below `athena-queries/`. */
	resultsBucket: pulumi.Input<string>;
	/** Key of the results. */
	kmsKeyArn: pulumi.Input<string>;
	/** GB that one query may scan; a query that would scan more is cancelled. */
	scanLimitGb: number;
	/** Queries that the workgroup has by name. */
	queries: readonly NamedQuery[];
	/** Whether the workgroup goes with its queries and history. */
	disposable: boolean;
}

/**
 * The Athena workgroup, whose settings no client can override: where results go, their encryption, how much a query may
 * scan; and the named queries of the definition.
 *
 * Defaults: none; every argument is given.
 *
 * Danger: none.
 *
 * Cost: $5 for a TB scanned; the limit caps a query, at 10 GB to 5 cents.
 */
export class Athena extends pulumi.ComponentResource {
	readonly workgroup: pulumi.Output<string>;
	readonly resultsUri: pulumi.Output<string>;
	/** Identifier in Athena, by the query's name. */
	readonly queryIds: Readonly<Record<string, pulumi.Output<string>>>;

	constructor(name: string, args: AthenaArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:athena:Athena", name, {}, opts);
		this.resultsUri = pulumi.interpolate`s3://${args.resultsBucket}/${athenaResultsPrefix}/`;
		const workgroup = new aws.athena.Workgroup(
			`${name}-workgroup`,
			{
				name,
				description: `Queries of ${name}`,
				forceDestroy: args.disposable,
				configuration: {
					enforceWorkgroupConfiguration: true,
					publishCloudwatchMetricsEnabled: true,
					bytesScannedCutoffPerQuery: args.scanLimitGb * 1_000_000_000,
					engineVersion: { selectedEngineVersion: "Athena engine version 3" },
					resultConfiguration: {
						outputLocation: this.resultsUri,
						encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: args.kmsKeyArn },
					},
				},
			},
			{ parent: this },
		);
		this.workgroup = workgroup.name;
		this.queryIds = Object.fromEntries(
			args.queries.map((query) => [
				query.name,
				new aws.athena.NamedQuery(
					`${name}-${query.name}`,
					{
						name: query.name,
						description: query.title,
						database: args.database,
						workgroup: workgroup.name,
						query: query.sql.trim(),
					},
					{ parent: this },
				).id,
			]),
		);
		this.registerOutputs({ workgroup: this.workgroup, resultsUri: this.resultsUri });
	}
}
