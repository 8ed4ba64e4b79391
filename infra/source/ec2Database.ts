import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { currentEnvironment } from "../shared/awsEnvironment.ts";
import { fileAsset } from "../shared/fileAsset.ts";
import { allow } from "../shared/policyDocument.ts";
import { type ServiceRole, serviceRole } from "../shared/serviceRole.ts";
import { decrypt } from "../storage/lakeAccess.ts";
import { type ServerCertificates, serverCertificates } from "./serverCertificates.ts";
import { SourceSecret } from "./sourceSecret.ts";
import { databaseUserData, type VerifyTable } from "./userData.ts";

export interface Ec2DatabaseArgs {
	/** Private subnets; the instance is in the first. */
	subnetIds: pulumi.Input<string[]>;
	/** Group of the network interface. */
	securityGroupId: pulumi.Input<string>;
	/** Key of the volume and of both secrets. */
	kmsKeyArn: pulumi.Input<string>;
	/** A type with an Arm processor, such as `t4g.small`. */
	instanceType: pulumi.Input<string>;
	/** GiB of the one volume. */
	storageGb: pulumi.Input<number>;
	/** SQL of the sample schemas, a path on the machine that runs the program. */
	sampleSchemaFile: string;
	/** Bucket by which the SQL reaches the instance. */
	scriptsBucket: pulumi.Input<string>;
	/** Its ARN, for the instance's rights. */
	scriptsBucketArn: pulumi.Input<string>;
	/** Schemas that the replication user may read. */
	schemas: readonly string[];
	/** Table that `pipeline-cli verify-cdc` writes into. */
	verifyTable: VerifyTable | undefined;
	/** Hours for which binlogs are kept, rounded up to days. */
	binlogRetentionHours: number;
	/** Whether secrets go immediately with the stack. */
	disposable: boolean;
}

const port = 3306;

/**
 * The console walkthrough's on-premises database, simulated: one private instance with the sample schemas, reached by Session
 * Manager (`aws ssm start-session --target <instance>`). No SSH, no key pair, no public address. The server is MariaDB, as
 * no MySQL can be installed without the internet (see `userData.ts`); `RdsDatabase` has MySQL.
 *
 * Defaults: none; every argument is given.
 *
 * Danger: its data is on one volume that is deleted with the instance. For demonstration only.
 *
 * Cost: t4g.small with 20 GB and metrics of every minute about $16 a month, and $15 for Session Manager's two endpoints
 * in one zone.
 */
export class Ec2Database extends pulumi.ComponentResource {
	readonly host: pulumi.Output<string>;
	readonly port = pulumi.output(port);
	readonly secretArn: pulumi.Output<string>;
	/** Certificate authority of the server, PEM. */
	readonly caCertificate: pulumi.Output<string>;
	readonly instanceId: pulumi.Output<string>;

	constructor(name: string, args: Ec2DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:sourceDatabase:Ec2Database", name, {}, opts);
		const secret = new SourceSecret(
			`${name}-secret`,
			{ username: "replication", kmsKeyArn: args.kmsKeyArn, disposable: args.disposable },
			{ parent: this },
		);
		const certificates = serverCertificates(this, name, args);
		const schema = this.#sampleSchema(name, args);
		// The address is taken first, so that the secret is whole before the server reads it.
		const address = this.#address(name, args);
		this.secretArn = secret.locate(address.privateIp, port);
		const instance = this.#instance(name, args, address, this.#userData(args, certificates, schema), certificates);
		this.host = address.privateIp;
		this.caCertificate = certificates.authority;
		this.instanceId = instance.id;
		this.registerOutputs({ host: this.host, secretArn: this.secretArn, instanceId: this.instanceId });
	}

	#sampleSchema(name: string, args: Ec2DatabaseArgs): aws.s3.BucketObject {
		return new aws.s3.BucketObject(
			`${name}-sample-schema`,
			{
				bucket: args.scriptsBucket,
				key: `${name}/sample-schema.sql`,
				source: fileAsset(args.sampleSchemaFile),
			},
			{ parent: this },
		);
	}

	#address(name: string, args: Ec2DatabaseArgs): aws.ec2.NetworkInterface {
		return new aws.ec2.NetworkInterface(
			`${name}-address`,
			{
				subnetId: pulumi.output(args.subnetIds).apply((ids) => ids[0] ?? ""),
				securityGroups: [args.securityGroupId],
				description: name,
			},
			{ parent: this },
		);
	}

	#userData(
		args: Ec2DatabaseArgs,
		certificates: ServerCertificates,
		schema: aws.s3.BucketObject,
	): pulumi.Output<string> {
		return pulumi
			.all([currentEnvironment(this), this.secretArn, certificates.secretArn, schema.bucket, schema.key])
			.apply(([{ region }, secretArn, tlsSecretArn, bucket, key]) =>
				databaseUserData({
					region,
					secretArn,
					tlsSecretArn,
					sampleSchemaUri: `s3://${bucket}/${key}`,
					binlogRetentionHours: args.binlogRetentionHours,
					schemas: args.schemas,
					verifyTable: args.verifyTable,
				}),
			);
	}

	#instance(
		name: string,
		args: Ec2DatabaseArgs,
		address: aws.ec2.NetworkInterface,
		userData: pulumi.Output<string>,
		certificates: ServerCertificates,
	): aws.ec2.Instance {
		const role = this.#role(name, args, certificates.secretArn);
		return new aws.ec2.Instance(
			`${name}-instance`,
			{
				ami: aws.ssm.getParameterOutput(
					{ name: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64" },
					{ parent: this },
				).value,
				instanceType: args.instanceType,
				primaryNetworkInterface: { networkInterfaceId: address.id },
				iamInstanceProfile: new aws.iam.InstanceProfile(`${name}-profile`, { role: role.name }, { parent: this }).name,
				metadataOptions: { httpTokens: "required", httpEndpoint: "enabled" },
				rootBlockDevice: {
					encrypted: true,
					kmsKeyId: args.kmsKeyArn,
					volumeType: "gp3",
					volumeSize: args.storageGb,
				},
				monitoring: true,
				userData,
				tags: { Name: name },
			},
			// A newer image or script must not replace a database: both act on the first start only.
			// One that is asked for (`pulumi up --replace`) has the same network interface: the old instance goes first.
			{
				parent: this,
				dependsOn: [role.policy],
				ignoreChanges: ["ami", "userData"],
				deleteBeforeReplace: true,
			},
		);
	}

	/** The instance reads its two secrets and the sample schemas, and talks to Session Manager. */
	#role(name: string, args: Ec2DatabaseArgs, tlsSecretArn: pulumi.Output<string>): ServiceRole {
		return serviceRole(this, `${name}-role`, {
			service: "ec2",
			description: "Simulated on-premises database",
			statements: pulumi
				.all([this.secretArn, tlsSecretArn, args.scriptsBucketArn, args.kmsKeyArn])
				.apply(([secretArn, tlsArn, bucketArn, keyArn]) => [
					allow("ReadSecrets", ["secretsmanager:GetSecretValue"], [secretArn, tlsArn]),
					allow("ReadSampleSchema", ["s3:GetObject"], [`${bucketArn}/${name}/sample-schema.sql`]),
					decrypt(keyArn),
					// Session Manager's own actions know no resources.
					// https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
					allow(
						"SessionManager",
						[
							"ssm:UpdateInstanceInformation",
							"ssmmessages:CreateControlChannel",
							"ssmmessages:CreateDataChannel",
							"ssmmessages:OpenControlChannel",
							"ssmmessages:OpenDataChannel",
						],
						["*"],
					),
				]),
		});
	}
}
