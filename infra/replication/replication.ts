import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { rawColumns } from "../../etl/contract/contract.ts";
import { contentHash } from "../shared/contentHash.ts";
import { encryptedLogGroup } from "../shared/logGroup.ts";
import { omitUndefined } from "../shared/omitUndefined.ts";
import { allow } from "../shared/policyDocument.ts";
import { type ServiceRole, serviceRole } from "../shared/serviceRole.ts";
import { decrypt, encryptAndDecrypt, listBuckets, objectArns } from "../storage/lakeAccess.ts";
import { DmsServiceRoles } from "./dmsServiceRoles.ts";
import { type Mapped, tableMappings } from "./tableMappings.ts";
import { taskSettings } from "./taskSettings.ts";

export interface ReplicationArgs {
	/** What is replicated. */
	pipeline: Mapped;
	/** Private subnets in three zones, with endpoints for Secrets Manager and S3. */
	subnetIds: pulumi.Input<string[]>;
	/** Group of the replication instance. */
	securityGroupId: pulumi.Input<string>;
	/** Key of the instance, the endpoints, the objects and the log. */
	kmsKeyArn: pulumi.Input<string>;
	/** Engine of the source, as DMS names it. */
	sourceEngine: "mysql" | "mariadb";
	/** Secret of username, password, host and port. */
	sourceSecretArn: pulumi.Input<string>;
	/** Certificate authority of the source, PEM. */
	sourceCaCertificate: pulumi.Input<string>;
	/** SQL that DMS runs once it has connected to the source. */
	afterConnectScript?: string | undefined;
	/** Time zone of the source; undefined where it is UTC. */
	sourceTimeZone?: string | undefined;
	/** Raw zone, which DMS writes. */
	rawBucket: pulumi.Input<string>;
	/** Its ARN, for the rights of DMS. */
	rawBucketArn: pulumi.Input<string>;
	/** Target endpoint instead of the raw zone's own: that of a `ReplicationStream`. */
	targetEndpointArn?: pulumi.Input<string> | undefined;
	/** Topic that is notified of failures and stops. */
	topicArn: pulumi.Input<string>;
	/** Such as `dms.t3.medium`. */
	instanceClass: pulumi.Input<string>;
	/** GiB of the instance, for changes that wait. */
	storageGb: pulumi.Input<number>;
	/** A standby in another zone. */
	multiAz: pulumi.Input<boolean>;
	/** Version of DMS; undefined takes AWS's default, and every upgrade after that. */
	engineVersion?: string | undefined;
	/** Changes are written at the latest after so many seconds. */
	cdcMaxBatchSeconds: pulumi.Input<number>;
	/** Days for which the task's log is kept. */
	logRetentionDays: pulumi.Input<number>;
}

/**
 * DMS: a private replication instance, source and target endpoint, and the task that loads every table and then follows
 * its changes into the raw zone. The task is made stopped; `pipeline-cli replication start` tests the connections and starts it.
 *
 * Defaults: without `targetEndpointArn` it writes the raw zone itself, without `afterConnectScript` DMS runs nothing.
 *
 * Danger: a running task cannot be changed. A program without `refresh: always`, which `Pulumi.yaml` has, needs `pulumi
 * refresh` before `pulumi up`, so that Pulumi knows to stop it; start it again afterwards. To change `rawBucket` or the key replaces the target endpoint.
 *
 * Cost: dms.t3.medium with 50 GB about $60 a month, dms.r6i.large over two zones with 100 GB about $315.
 */
export class Replication extends pulumi.ComponentResource {
	readonly instanceArn: pulumi.Output<string>;
	readonly instanceId: string;
	readonly taskArn: pulumi.Output<string>;
	readonly sourceEndpointArn: pulumi.Output<string>;
	readonly targetEndpointArn: pulumi.Output<string>;

	constructor(name: string, args: ReplicationArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:replication:Replication", name, {}, opts);
		const parent = { parent: this };
		this.instanceId = name;
		const serviceRoles = new DmsServiceRoles(`${name}-roles`, parent);
		const instance = this.#instance(name, args, serviceRoles);
		const source = this.#sourceEndpoint(name, args);
		const target = pulumi.output(args.targetEndpointArn ?? this.#targetEndpoint(name, args).endpointArn);
		const task = new aws.dms.ReplicationTask(
			`${name}-task`,
			{
				replicationTaskId: name,
				migrationType: "full-load-and-cdc",
				replicationInstanceArn: instance.replicationInstanceArn,
				sourceEndpointArn: source.endpointArn,
				targetEndpointArn: target,
				tableMappings: JSON.stringify(tableMappings(args.pipeline)),
				replicationTaskSettings: JSON.stringify(taskSettings),
				startReplicationTask: false,
			},
			// Another target is another task, and its id is fixed.
			{ ...parent, deleteBeforeReplace: true },
		);
		this.#events(name, args, "replication-task", task.replicationTaskId, ["failure", "deletion", "state change"]);
		this.#events(name, args, "replication-instance", instance.replicationInstanceId, [
			"failover",
			"failure",
			"low storage",
		]);
		this.instanceArn = instance.replicationInstanceArn;
		this.taskArn = task.replicationTaskArn;
		this.sourceEndpointArn = source.endpointArn;
		this.targetEndpointArn = target;
		this.registerOutputs({ taskArn: this.taskArn, instanceArn: this.instanceArn });
	}

	/** As the stack's outputs have it. */
	toOutputs() {
		const { taskArn, instanceArn, sourceEndpointArn, targetEndpointArn } = this;
		return { taskArn, instanceArn, sourceEndpointArn, targetEndpointArn, logGroup: `dms-tasks-${this.instanceId}` };
	}

	#instance(name: string, args: ReplicationArgs, roles: DmsServiceRoles): aws.dms.ReplicationInstance {
		const subnets = new aws.dms.ReplicationSubnetGroup(
			`${name}-subnets`,
			{
				replicationSubnetGroupId: name,
				replicationSubnetGroupDescription: `Private subnets of ${name}`,
				subnetIds: args.subnetIds,
			},
			// It is the first that needs dms-vpc-role, and is retried by the provider while the role spreads.
			{ parent: this, dependsOn: roles.ready },
		);
		const logs = encryptedLogGroup(this, `${name}-log`, {
			name: `dms-tasks-${name}`,
			kmsKeyArn: args.kmsKeyArn,
			retentionDays: args.logRetentionDays,
		});
		return new aws.dms.ReplicationInstance(
			`${name}-instance`,
			{
				replicationInstanceId: name,
				replicationInstanceClass: args.instanceClass,
				allocatedStorage: args.storageGb,
				multiAz: args.multiAz,
				publiclyAccessible: false,
				replicationSubnetGroupId: subnets.replicationSubnetGroupId,
				vpcSecurityGroupIds: [args.securityGroupId],
				kmsKeyArn: args.kmsKeyArn,
				...upgrades(args.engineVersion),
				applyImmediately: true,
			},
			{ parent: this, dependsOn: roles.ready.apply((ready) => [...ready, logs]) },
		);
	}

	/** No schema is named here: for MySQL that belongs into the table mappings. */
	#sourceEndpoint(name: string, args: ReplicationArgs): aws.dms.Endpoint {
		const role = serviceRole(this, `${name}-source-role`, {
			service: "dms-secrets",
			description: "DMS reads the source's secret",
			statements: pulumi
				.all([args.sourceSecretArn, args.kmsKeyArn])
				.apply(([secretArn, keyArn]) => [
					allow("ReadSecret", ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], [secretArn]),
					decrypt(keyArn),
				]),
		});
		const certificate = new aws.dms.Certificate(
			`${name}-source-certificate`,
			{
				// Another authority is another certificate: the endpoint changes to it before the old one goes, which DMS refuses to
				// delete while an endpoint has it.
				certificateId: pulumi.output(args.sourceCaCertificate).apply((pem) => `${name}-source-${contentHash(pem)}`),
				certificatePem: args.sourceCaCertificate,
			},
			{ parent: this },
		);
		return new aws.dms.Endpoint(
			`${name}-source`,
			{
				endpointId: `${name}-source`,
				endpointType: "source",
				engineName: args.sourceEngine,
				secretsManagerArn: args.sourceSecretArn,
				secretsManagerAccessRoleArn: role.arn,
				// MySQL endpoints know no `require`: TLS without a certificate is not to be had.
				// https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.SSL.html
				sslMode: "verify-ca",
				certificateArn: certificate.certificateArn,
				kmsKeyArn: args.kmsKeyArn,
				// DMS changes no endpoint of a running task.
				pauseReplicationTasks: true,
				...mysqlSettings(args),
			},
			// Its id is fixed: a new one could not stand beside it.
			{ parent: this, dependsOn: [role.policy], deleteBeforeReplace: true },
		);
	}

	/**
	 * Every setting is given, those that are defaults too: the provider shows differences where one is removed.
	 * https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.S3.html
	 */
	#targetEndpoint(name: string, args: ReplicationArgs): aws.dms.S3Endpoint {
		const role = this.#targetRole(name, args);
		return new aws.dms.S3Endpoint(
			`${name}-target`,
			{
				endpointId: `${name}-target`,
				endpointType: "target",
				bucketName: args.rawBucket,
				serviceAccessRoleArn: role.arn,
				dataFormat: "parquet",
				parquetVersion: "parquet-1-0",
				parquetTimestampInMillisecond: false,
				compressionType: "GZIP",
				encodingType: "rle-dictionary",
				enableStatistics: true,
				// Otherwise files of the full load would lack the column, and have another schema than those of changes.
				includeOpForFullLoad: true,
				// Either of these drops deletes.
				cdcInsertsOnly: false,
				cdcInsertsAndUpdates: false,
				timestampColumnName: rawColumns.commitTime,
				useTaskStartTimeForFullLoadTimestamp: false,
				cdcMaxBatchInterval: args.cdcMaxBatchSeconds,
				cdcMinFileSize: 32_000,
				preserveTransactions: false,
				datePartitionEnabled: false,
				datePartitionSequence: "YYYYMMDD",
				datePartitionDelimiter: "SLASH",
				glueCatalogGeneration: false,
				encryptionMode: "SSE_KMS",
				serverSideEncryptionKmsKeyId: args.kmsKeyArn,
			},
			{ parent: this, dependsOn: [role.policy] },
		);
	}

	/** DMS writes and removes files of its schemas and of its own tables, and reads none. */
	#targetRole(name: string, args: ReplicationArgs): ServiceRole {
		return serviceRole(this, `${name}-target-role`, {
			service: "dms",
			description: "DMS writes the raw zone",
			statements: pulumi.all([args.rawBucketArn, args.kmsKeyArn]).apply(([bucketArn, keyArn]) => [
				listBuckets("ListRaw", [bucketArn]),
				allow(
					"WriteSchemas",
					["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject", "s3:PutObjectTagging"],
					[
						...objectArns({ bucketArn, prefixes: args.pipeline.schemas.map(({ name: schema }) => schema) }),
						// Tables of its own, such as that of exceptions, have no schema.
						`${bucketArn}/awsdms_*`,
						`${bucketArn}//awsdms_*`,
					],
				),
				encryptAndDecrypt(keyArn),
			]),
		});
	}

	/** Categories in the service's spelling, by `aws dms describe-event-categories`. */
	#events(
		name: string,
		args: ReplicationArgs,
		sourceType: "replication-task" | "replication-instance",
		sourceId: pulumi.Output<string>,
		eventCategories: string[],
	): void {
		new aws.dms.EventSubscription(
			`${name}-${sourceType}-events`,
			{
				name: `${name}-${sourceType}`,
				sourceType,
				sourceIds: [sourceId],
				eventCategories,
				snsTopicArn: args.topicArn,
				enabled: true,
			},
			{ parent: this },
		);
	}
}

/**
 * A version that is named stays: DMS knows no way back, so that an automatic upgrade would leave a program that asks for
 * the old one and fails. Where none is named, nothing differs after an upgrade. A newer one that is asked for may be across
 * a major version; DMS takes that only where it is allowed, which by itself upgrades nothing.
 * https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReplicationInstance.EngineVersions.html
 */
function upgrades(engineVersion: string | undefined) {
	return {
		allowMajorVersionUpgrade: true,
		...(engineVersion === undefined
			? { autoMinorVersionUpgrade: true }
			: { autoMinorVersionUpgrade: false, engineVersion }),
	};
}

function mysqlSettings({ afterConnectScript, sourceTimeZone: serverTimezone }: ReplicationArgs) {
	const mysqlSettings = omitUndefined({ afterConnectScript, serverTimezone });
	return Object.keys(mysqlSettings).length === 0 ? {} : { mysqlSettings };
}
