import { databaseName, lake } from "../etl/contract/contract.ts";
import { jobsDocument } from "../etl/models/document.ts";
import { Catalog } from "./catalog/catalog.ts";
import { DataQuality } from "./jobs/dataQuality.ts";
import { EtlJobs } from "./jobs/etlJobs.ts";
import type { Notifications } from "./monitoring/notifications.ts";
import type { Network } from "./network/network.ts";
import type { Replication } from "./replication/replication.ts";
import { Schedule } from "./schedule/schedule.ts";
import { timingOf } from "./schedule/timing.ts";
import type { Scope } from "./scope.ts";
import type { SourceDatabase } from "./source/sourceDatabase.ts";
import type { DataLake } from "./storage/dataLake.ts";
import type { Encryption } from "./storage/encryption.ts";

/** What makes tables of the raw zone's files: catalog, jobs, their rules and their schedule. */

export function declareCatalog(scope: Scope, encryption: Encryption, { raw, processed }: DataLake): Catalog {
	return new Catalog(
		`${scope.name}-catalog`,
		{
			database: databaseName(scope.stack),
			clicks: scope.definition.pipeline.clicks?.schema,
			rawBucket: raw.bucketName,
			rawBucketArn: raw.arn,
			processedBucket: processed.bucketName,
			processedBucketArn: processed.arn,
			kmsKeyArn: encryption.keyArn,
			securityConfiguration: encryption.glueSecurityConfiguration,
			crawlsDaily: scope.config.schedule !== undefined,
			disposable: scope.config.disposable,
			logRetentionDays: scope.config.logRetentionDays,
		},
		scope.options,
	);
}

export function declareJobs(
	scope: Scope,
	encryption: Encryption,
	{ raw, processed, scripts }: DataLake,
	network: Network,
	source: SourceDatabase,
	{ database }: Catalog,
): EtlJobs {
	const config = scope.config;
	return new EtlJobs(
		`${scope.name}-jobs`,
		{
			jobs: scope.definition.jobs,
			schemas: scope.definition.pipeline.schemas.map(({ name }) => name),
			document: jobsDocument(scope.definition, scope.models, scope.definition.pipeline.clicks?.schema),
			etlFolder: scope.etlFolder,
			definitionFolder: scope.definition.folder,
			rawBucket: raw.bucketName,
			rawBucketArn: raw.arn,
			processedBucket: processed.bucketName,
			processedBucketArn: processed.arn,
			scriptsBucket: scripts.bucketName,
			scriptsBucketArn: scripts.arn,
			database,
			workerType: config.jobWorkerType,
			maxWorkers: config.jobMaxWorkers,
			executionClass: config.jobExecutionClass,
			metrics: config.jobMetrics,
			timeoutMinutes: config.jobTimeoutMinutes,
			readSource: config.jobsReadSource,
			sourceHost: source.host,
			sourcePort: source.port,
			sourceSecretArn: source.secretArn,
			sourceCaCertificate: source.caCertificate,
			subnetId: network.subnetIds.apply((ids) => ids[0] ?? ""),
			availabilityZone: network.availabilityZone,
			securityGroupId: network.jobsSecurityGroupId,
			kmsKeyArn: encryption.keyArn,
			securityConfiguration: encryption.glueSecurityConfiguration,
			logRetentionDays: config.logRetentionDays,
		},
		scope.options,
	);
}

export function declareDataQuality(scope: Scope, { raw }: DataLake): DataQuality {
	const models = { schema: lake.roots.models, tables: scope.models };
	const datasets = [...scope.definition.datasets, ...scope.definition.made, models];
	const args = { datasets, rawBucket: raw.bucketName };
	return new DataQuality(`${scope.name}-quality`, args, scope.options);
}

export function declareSchedule(
	scope: Scope,
	encryption: Encryption,
	{ topicArn }: Notifications,
	{ processed }: DataLake,
	jobs: EtlJobs,
	{ taskArn }: Replication,
): Schedule {
	const config = scope.config;
	return new Schedule(
		`${scope.name}-schedule`,
		{
			jobs: scope.definition.jobs,
			jobNames: jobs.jobNames,
			topicArn,
			replicationTaskArn: taskArn,
			processedBucket: processed.bucketName,
			processedBucketArn: processed.arn,
			timing: timingOf(config.schedule, scope.definition.pipeline.schedule),
			retries: config.jobRetries,
			timeoutMinutes: config.jobTimeoutMinutes,
			kmsKeyArn: encryption.keyArn,
			logRetentionDays: config.logRetentionDays,
		},
		scope.options,
	);
}
