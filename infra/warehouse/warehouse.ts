import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arn, currentEnvironment } from "../shared/awsEnvironment.ts";
import { finalSnapshot } from "../shared/finalSnapshot.ts";
import { encryptedLogGroup } from "../shared/logGroup.ts";
import { allow } from "../shared/policyDocument.ts";
import { encryptedSecret, generatedPassword, secretValue } from "../shared/secret.ts";
import { type ServiceRole, serviceRole } from "../shared/serviceRole.ts";
import { decrypt, readTables } from "../storage/lakeAccess.ts";

export interface WarehouseArgs {
	/** `serverless` is paid by the second of use; `provisioned` is an RA3 cluster that runs all the time. */
	kind: "serverless" | "provisioned";
	/** Three subnets, in three zones. */
	subnetIds: pulumi.Input<string[]>;
	/** Group of the workgroup or cluster. */
	securityGroupId: pulumi.Input<string>;
	/** Key of the data, the secrets and the logs. */
	kmsKeyArn: pulumi.Input<string>;
	/** Folders of the processed zone that hold tables. */
	tableFolders: readonly string[];
	hasClicks: boolean;
	/** ARN of the raw zone, where the clicks are. */
	rawBucketArn: pulumi.Input<string>;
	/** ARN of the processed zone, where all other tables are. */
	processedBucketArn: pulumi.Input<string>;
	/** Catalog database that the warehouse reads. */
	catalogDatabase: pulumi.Input<string>;
	/** `serverless`: Redshift processing units, 8 to 512 in steps of 8, and 4 where the region has it. */
	baseCapacity: pulumi.Input<number>;
	/** `provisioned`: such as `ra3.large`. */
	nodeType: pulumi.Input<string>;
	/** `provisioned`: number of nodes. */
	nodes: number;
	/** Whether the warehouse may be deleted with the stack: a cluster without a last snapshot, the reader's secret immediately. */
	disposable: boolean;
	/** Days for which the logs are kept. */
	logRetentionDays: pulumi.Input<number>;
}

const databaseName = "analytics";
const adminUsername = "warehouse_admin";
/** User of queries and dashboards; `pipeline-cli warehouse apply` makes it in the database. */
const readerUsername = "warehouse_reader";
const port = 5439;
const logs = ["connectionlog", "useractivitylog", "userlog"];

/**
 * Redshift over the lake: private, TLS only, an administrator's password that Secrets Manager makes and changes, a secret
 * for a user who only reads, and a default role that reads the processed zone and the catalog. Schema, views and that
 * user are made by `pipeline-cli`, not here.
 *
 * Defaults: none; sizes are those of `Pulumi.yaml`.
 *
 * Danger: to change `kind` replaces the warehouse. Views are rebuilt by the CLI; what was written into it is lost, and a
 * serverless one leaves no snapshot when it is destroyed: unless it is disposable, both are refused until its protection is
 * taken off.
 *
 * Cost: serverless $0.36 to $0.50 an RPU-hour by region while queries run (8 RPU for 20 hours about $58 a month);
 * ra3.large $0.543 a node-hour, $396 a month.
 */
export class Warehouse extends pulumi.ComponentResource {
	readonly kind: WarehouseArgs["kind"];
	/** Workgroup (serverless) or cluster (provisioned), as the Data API needs it. */
	readonly identifier: pulumi.Output<string>;
	/** Of the workgroup or cluster, as policies name it; a workgroup's has an id and not its name. */
	readonly arn: pulumi.Output<string>;
	readonly database = databaseName;
	readonly host: pulumi.Output<string>;
	/** Secret of the administrator. */
	readonly secretArn: pulumi.Output<string>;
	/** Secret of the user who reads. */
	readonly readerSecretArn: pulumi.Output<string>;
	readonly roleArn: pulumi.Output<string>;

	constructor(name: string, args: WarehouseArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:warehouse:Warehouse", name, {}, opts);
		const role = this.#role(name, args);
		this.kind = args.kind;
		this.roleArn = role.arn;
		const made = args.kind === "serverless" ? this.#serverless(name, args, role) : this.#provisioned(name, args, role);
		({ identifier: this.identifier, arn: this.arn, host: this.host, secretArn: this.secretArn } = made);
		this.readerSecretArn = this.#readerSecret(name, args, made);
		this.registerOutputs({ identifier: this.identifier, readerSecretArn: this.readerSecretArn });
	}

	/** As the stack's outputs have it. */
	toOutputs() {
		const { kind, identifier, arn, database, host, secretArn, readerSecretArn, roleArn } = this;
		return { kind, identifier, arn, database, host, secretArn, readerSecretArn, roleArn };
	}

	#serverless(name: string, args: WarehouseArgs, role: ServiceRole): Made {
		const logGroups = logs.map((log) =>
			encryptedLogGroup(this, `${name}-${log}`, {
				name: `/aws/redshift/${name}/${log}`,
				kmsKeyArn: args.kmsKeyArn,
				retentionDays: args.logRetentionDays,
			}),
		);
		const namespace = new aws.redshiftserverless.Namespace(
			`${name}-namespace`,
			{
				namespaceName: name,
				dbName: databaseName,
				adminUsername,
				manageAdminPassword: true,
				adminPasswordSecretKmsKeyId: args.kmsKeyArn,
				kmsKeyId: args.kmsKeyArn,
				iamRoles: [role.arn],
				defaultIamRoleArn: role.arn,
				logExports: logs,
			},
			// The provider refuses to take the default role away from a namespace that it is about to change.
			{ parent: this, protect: !args.disposable, dependsOn: [role.policy, ...logGroups] },
		);
		const workgroup = new aws.redshiftserverless.Workgroup(
			`${name}-workgroup`,
			{
				workgroupName: name,
				namespaceName: namespace.namespaceName,
				baseCapacity: args.baseCapacity,
				subnetIds: args.subnetIds,
				securityGroupIds: [args.securityGroupId],
				publiclyAccessible: false,
				// Spectrum reads the lake from Redshift's own network.
				enhancedVpcRouting: false,
				// No configParameters: AWS answers with all ten, and refuses an update to the few that are given, since it changes
				// nothing. TLS only is what a new workgroup has; doctor looks whether it still has it.
				// https://github.com/pulumi/pulumi-aws/issues/4405
			},
			{ parent: this },
		);
		return {
			identifier: workgroup.workgroupName,
			arn: workgroup.arn,
			host: workgroup.endpoints.apply(([endpoint]) => endpoint?.address ?? ""),
			secretArn: namespace.adminPasswordSecretArn,
		};
	}

	#provisioned(name: string, args: WarehouseArgs, role: ServiceRole): Made {
		const parent = { parent: this };
		const logGroups = logs.map((log) =>
			encryptedLogGroup(this, `${name}-${log}`, {
				name: `/aws/redshift/cluster/${name}/${log}`,
				kmsKeyArn: args.kmsKeyArn,
				retentionDays: args.logRetentionDays,
			}),
		);
		const cluster = new aws.redshift.Cluster(
			`${name}-cluster`,
			{
				clusterIdentifier: name,
				clusterType: args.nodes > 1 ? "multi-node" : "single-node",
				nodeType: args.nodeType,
				numberOfNodes: args.nodes,
				databaseName,
				masterUsername: adminUsername,
				manageMasterPassword: true,
				masterPasswordSecretKmsKeyId: args.kmsKeyArn,
				encrypted: "true",
				kmsKeyId: args.kmsKeyArn,
				iamRoles: [role.arn],
				defaultIamRoleArn: role.arn,
				clusterSubnetGroupName: new aws.redshift.SubnetGroup(`${name}-subnets`, { subnetIds: args.subnetIds }, parent)
					.name,
				vpcSecurityGroupIds: [args.securityGroupId],
				publiclyAccessible: false,
				enhancedVpcRouting: false,
				clusterParameterGroupName: new aws.redshift.ParameterGroup(
					`${name}-parameters`,
					{
						family: "redshift-2.0",
						description: "TLS only",
						parameters: [
							{ name: "require_ssl", value: "true" },
							{ name: "enable_user_activity_logging", value: "true" },
						],
					},
					parent,
				).name,
				automatedSnapshotRetentionPeriod: args.disposable ? 1 : 7,
				skipFinalSnapshot: args.disposable,
				...(args.disposable ? {} : { finalSnapshotIdentifier: finalSnapshot(this, name) }),
			},
			{ parent: this, protect: !args.disposable, dependsOn: [role.policy, ...logGroups] },
		);
		new aws.redshift.Logging(
			`${name}-logging`,
			{ clusterIdentifier: cluster.clusterIdentifier, logDestinationType: "cloudwatch", logExports: logs },
			parent,
		);
		return {
			identifier: cluster.clusterIdentifier,
			arn: cluster.arn,
			host: cluster.dnsName,
			secretArn: cluster.masterPasswordSecretArn,
		};
	}

	/**
	 * A generated password in a secret as the Data API, QuickSight and rotation read it.
	 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
	 *
	 * Cost: $0.40 a month.
	 */
	#readerSecret(name: string, args: WarehouseArgs, { identifier, host }: Made): pulumi.Output<string> {
		const password = generatedPassword(this, `${name}-reader-password`);
		const description = "Warehouse: the user who reads";
		const secret = encryptedSecret(this, `${name}-reader`, { ...args, description });
		const value = {
			engine: "redshift",
			host,
			port,
			username: readerUsername,
			password,
			dbname: databaseName,
			// The namespace has the workgroup's name.
			[args.kind === "serverless" ? "namespaceName" : "dbClusterIdentifier"]: identifier,
		};
		return secretValue(this, `${name}-reader`, secret, value);
	}

	/** Reads the tables of the one catalog database, and where they lie; writes nothing. */
	#role(name: string, args: WarehouseArgs): ServiceRole {
		return serviceRole(this, `${name}-role`, {
			service: "redshift",
			description: "Redshift reads the lake",
			statements: pulumi
				.output({
					environment: currentEnvironment(this),
					raw: args.rawBucketArn,
					processed: args.processedBucketArn,
					keyArn: args.kmsKeyArn,
					database: args.catalogDatabase,
				})
				.apply(({ environment, raw, processed, keyArn, database }) => [
					...readTables({ ...args, raw, processed }),
					decrypt(keyArn),
					allow(
						"ReadCatalog",
						[
							"glue:GetDatabase",
							"glue:GetDatabases",
							"glue:GetPartition",
							"glue:GetPartitions",
							"glue:GetTable",
							"glue:GetTables",
						],
						[
							arn(environment, "glue", "catalog"),
							arn(environment, "glue", `database/${database}`),
							arn(environment, "glue", `table/${database}/*`),
						],
					),
				]),
		});
	}
}

interface Made {
	identifier: pulumi.Output<string>;
	arn: pulumi.Output<string>;
	host: pulumi.Output<string>;
	secretArn: pulumi.Output<string>;
}
