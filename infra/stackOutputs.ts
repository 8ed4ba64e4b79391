import * as pulumi from "@pulumi/pulumi";
import { sourceRulesOf } from "../etl/definition/sourceRules.ts";
import type { Dashboards } from "./dashboards/dashboards.ts";
import { leftToDo } from "./leftToDo.ts";
import type { Monitoring } from "./monitoring/monitoring.ts";
import type { Notifications } from "./monitoring/notifications.ts";
import { outputsVersion, type PipelineOutputs } from "./outputs.ts";
import type { Watched } from "./oversight.ts";
import type { Athena } from "./query/athena.ts";
import type { Scope } from "./scope.ts";
import { currentEnvironment } from "./shared/awsEnvironment.ts";
import type { DataLake } from "./storage/dataLake.ts";
import type { Encryption } from "./storage/encryption.ts";
import type { Warehouse } from "./warehouse/warehouse.ts";

/** All components of a pipeline that the CLI has to know of. */
export interface Components extends Watched {
	encryption: Encryption;
	notifications: Notifications;
	lake: DataLake;
	athena: Athena;
	warehouse: Warehouse | undefined;
	dashboards: Dashboards | undefined;
	monitoring: Monitoring;
}

/** What the CLI reads, from the components. */
export function stackOutputs(scope: Scope, components: Components): pulumi.Output<PipelineOutputs> {
	const { encryption, notifications, lake, source, replication, changes, clickstream, catalog, jobs } = components;
	const { schedule, athena, warehouse, dashboards, monitoring } = components;
	return pulumi
		.output({
			environment: currentEnvironment(scope.options.parent),
			keyArn: encryption.keyArn,
			buckets: {
				raw: lake.raw.bucketName,
				processed: lake.processed.bucketName,
				scripts: lake.scripts.bucketName,
			},
			catalog: { database: catalog.database, crawler: catalog.crawler?.name ?? null },
			source: { ...source.toOutputs(), timeZone: scope.config.sourceTimeZone ?? null },
			replication: { ...replication.toOutputs(), deliveryStreamName: changes?.deliveryStreamName ?? null },
			clickstream:
				clickstream === undefined
					? null
					: { streamName: clickstream.streamName, deliveryStreamName: clickstream.deliveryStreamName },
			jobs: jobs.jobNames,
			jobLogGroups: jobs.logGroups,
			stateMachineArn: schedule.stateMachineArn,
			schedule: schedule.timing ?? null,
			athena: { workgroup: athena.workgroup, resultsUri: athena.resultsUri, queries: athena.queryIds },
			warehouse: warehouse?.toOutputs() ?? null,
			dashboards: dashboards?.toOutputs() ?? null,
			monitoring: { topicArn: notifications.topicArn, dashboard: monitoring.dashboardName },
		})
		.apply(
			({ environment, ...rest }): PipelineOutputs => ({
				version: outputsVersion,
				stack: scope.stack,
				definition: scope.config.pipeline,
				region: environment.region,
				accountId: environment.accountId,
				...rest,
				leftToDo: leftToDo(scope.config),
				replication: { ...rest.replication, rules: JSON.stringify(sourceRulesOf(scope.definition.pipeline)) },
			}),
		);
}
