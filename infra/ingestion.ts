import { readCertificate } from "./certificateFile.ts";
import { Clickstream } from "./clickstream/clickstream.ts";
import { sourcePort } from "./config.ts";
import type { Notifications } from "./monitoring/notifications.ts";
import type { Network } from "./network/network.ts";
import { Replication } from "./replication/replication.ts";
import { ReplicationStream } from "./replication/replicationStream.ts";
import type { Scope } from "./scope.ts";
import { SourceDatabase } from "./source/sourceDatabase.ts";
import type { DataLake } from "./storage/dataLake.ts";
import type { Encryption } from "./storage/encryption.ts";

/** What brings data into the raw zone: the source and its replication, and the clicks. */

export function declareSource(
	scope: Scope,
	encryption: Encryption,
	{ scripts }: DataLake,
	network: Network,
): SourceDatabase {
	const { definition } = scope;
	const config = scope.config;
	const { verify } = definition.pipeline;
	const certificate = config.sourceCaCertificateFile;
	return new SourceDatabase(
		`${scope.name}-source`,
		{
			kind: config.sourceKind,
			engine: config.sourceEngine,
			host: config.sourceHost,
			port: sourcePort(config),
			secretArn: config.sourceSecretArn,
			caCertificate: certificate === undefined ? undefined : readCertificate(certificate),
			instanceClass: config.databaseInstanceClass,
			storageGb: config.databaseStorageGb,
			multiAz: config.databaseMultiAz,
			binlogRetentionHours: config.binlogRetentionHours,
			subnetIds: network.subnetIds,
			securityGroupId: network.databaseSecurityGroupId,
			sampleSchemaFile: definition.sampleData?.dump,
			schemas: definition.pipeline.schemas.map(({ name }) => name),
			verifyTable: verify && { ...verify.table, isHeartbeat: verify.rows.length === 0 },
			scriptsBucket: scripts.bucketName,
			scriptsBucketArn: scripts.arn,
			kmsKeyArn: encryption.keyArn,
			disposable: config.disposable,
			logRetentionDays: config.logRetentionDays,
		},
		scope.options,
	);
}

export function declareReplicationStream(
	scope: Scope,
	encryption: Encryption,
	{ raw }: DataLake,
): ReplicationStream | undefined {
	if (scope.config.replicationTarget !== "kinesis") return undefined;
	return new ReplicationStream(
		`${scope.name}-changes`,
		{
			schemas: scope.definition.pipeline.schemas.map(({ name }) => name),
			rawBucketArn: raw.arn,
			kmsKeyArn: encryption.keyArn,
			logRetentionDays: scope.config.logRetentionDays,
		},
		scope.options,
	);
}

export function declareReplication(
	scope: Scope,
	encryption: Encryption,
	{ raw }: DataLake,
	network: Network,
	{ topicArn }: Notifications,
	source: SourceDatabase,
	changes: ReplicationStream | undefined,
): Replication {
	const config = scope.config;
	return new Replication(
		`${scope.name}-replication`,
		{
			pipeline: scope.definition.pipeline,
			sourceEngine: source.engine,
			sourceSecretArn: source.secretArn,
			sourceCaCertificate: source.caCertificate,
			afterConnectScript: source.afterConnectScript,
			sourceTimeZone: config.sourceTimeZone,
			rawBucket: raw.bucketName,
			rawBucketArn: raw.arn,
			targetEndpointArn: changes?.targetEndpointArn,
			instanceClass: config.replicationInstanceClass,
			storageGb: config.replicationStorageGb,
			multiAz: config.replicationMultiAz,
			engineVersion: config.replicationEngineVersion,
			cdcMaxBatchSeconds: config.cdcMaxBatchSeconds,
			subnetIds: network.subnetIds,
			securityGroupId: network.replicationSecurityGroupId,
			topicArn,
			kmsKeyArn: encryption.keyArn,
			logRetentionDays: config.logRetentionDays,
		},
		scope.options,
	);
}

export function declareClickstream(scope: Scope, encryption: Encryption, { raw }: DataLake): Clickstream | undefined {
	if (scope.definition.pipeline.clicks === undefined) return undefined;
	const config = scope.config;
	return new Clickstream(
		`${scope.name}-clickstream`,
		{
			streamName: config.clickstreamName,
			deliveryStreamName: config.clickstreamDeliveryName,
			retentionHours: config.clickstreamRetentionHours,
			rawBucketArn: raw.arn,
			kmsKeyArn: encryption.keyArn,
			logRetentionDays: config.logRetentionDays,
		},
		scope.options,
	);
}
