import * as pulumi from "@pulumi/pulumi";
import { tableFolders } from "../etl/definition/tables.ts";
import type { Catalog } from "./catalog/catalog.ts";
import { LakeFormation } from "./catalog/lakeFormation.ts";
import type { Clickstream } from "./clickstream/clickstream.ts";
import type { Dashboards } from "./dashboards/dashboards.ts";
import type { EtlJobs } from "./jobs/etlJobs.ts";
import { Monitoring } from "./monitoring/monitoring.ts";
import type { Notifications } from "./monitoring/notifications.ts";
import type { Replication } from "./replication/replication.ts";
import type { ReplicationStream } from "./replication/replicationStream.ts";
import type { Schedule } from "./schedule/schedule.ts";
import type { Scope } from "./scope.ts";
import { omitUndefined } from "./shared/omitUndefined.ts";
import { partitionOf } from "./shared/partition.ts";
import type { SourceDatabase } from "./source/sourceDatabase.ts";
import type { DataLake } from "./storage/dataLake.ts";
import type { Encryption } from "./storage/encryption.ts";
import type { Warehouse } from "./warehouse/warehouse.ts";

/** What looks over the other components: rights on tables, alarms. */

export function declareLakeFormation(
	scope: Scope,
	encryption: Encryption,
	{ raw, processed }: DataLake,
	catalog: Catalog,
	jobs: EtlJobs,
	warehouse: Warehouse | undefined,
	dashboards: Dashboards | undefined,
): LakeFormation | undefined {
	if (!scope.config.lakeFormation) return undefined;
	return new LakeFormation(
		`${scope.name}-lake-formation`,
		{
			tableFolders: tableFolders(scope.definition.pipeline),
			rawBucketArn: raw.arn,
			processedBucketArn: processed.arn,
			kmsKeyArn: encryption.keyArn,
			database: catalog.database,
			writers: omitUndefined({ jobs: jobs.roleArn, crawler: catalog.crawler?.roleArn }),
			hasClicks: scope.definition.pipeline.clicks !== undefined,
			readers: omitUndefined({ warehouse: warehouse?.roleArn, dashboards: dashboards?.athenaRoleArn }),
		},
		scope.options,
	);
}

/** Components that are watched. */
export interface Watched {
	source: SourceDatabase;
	replication: Replication;
	changes: ReplicationStream | undefined;
	clickstream: Clickstream | undefined;
	jobs: EtlJobs;
	catalog: Catalog;
	schedule: Schedule;
}

export function declareMonitoring(scope: Scope, { topicArn }: Notifications, watched: Watched): Monitoring {
	const { source, replication, changes, clickstream, jobs, catalog, schedule } = watched;
	return new Monitoring(
		`${scope.name}-monitoring`,
		{
			topicArn,
			jobNamePrefix: jobs.namePrefix,
			crawlerName: catalog.crawler?.name,
			replicationInstanceId: replication.instanceId,
			replicationTaskArn: replication.taskArn,
			clickstream,
			changes,
			stateMachineArn: schedule.stateMachineArn,
			rdsIdentifier: source.rdsIdentifier,
			latencySeconds: scope.config.alarmLatencySeconds,
			batchSeconds: scope.config.replicationTarget === "s3" ? scope.config.cdcMaxBatchSeconds : 0,
			freeStorageGb: scope.config.alarmFreeStorageGb,
			monthlyBudgetUsd: hasBudget() ? scope.config.monthlyBudgetUsd : 0,
		},
		scope.options,
	);
}

/** GovCloud's bill is that of an account elsewhere, and China's is in another currency. */
function hasBudget(): boolean {
	return partitionOf(new pulumi.Config("aws").require("region")) === "aws";
}
