import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Definition } from "../etl/definition/definition.ts";
import { tableFolders } from "../etl/definition/tables.ts";
import type { Catalog } from "./catalog/catalog.ts";
import { Dashboards } from "./dashboards/dashboards.ts";
import type { ChartSource } from "./dashboards/dataSets.ts";
import { dashboardsWait } from "./leftToDo.ts";
import type { Network } from "./network/network.ts";
import { ownersIn } from "./placeholders.ts";
import { Athena } from "./query/athena.ts";
import type { Scope } from "./scope.ts";
import { currentEnvironment } from "./shared/awsEnvironment.ts";
import type { DataLake } from "./storage/dataLake.ts";
import type { Encryption } from "./storage/encryption.ts";
import { Warehouse } from "./warehouse/warehouse.ts";

/** What reads the tables: SQL, warehouse, dashboards. */

export function declareAthena(
	scope: Scope,
	encryption: Encryption,
	{ processed }: DataLake,
	{ database }: Catalog,
): Athena {
	return new Athena(
		`${scope.name}-athena`,
		{
			database,
			resultsBucket: processed.bucketName,
			kmsKeyArn: encryption.keyArn,
			scanLimitGb: scope.config.athenaScanLimitGb,
			queries: scope.definition.queries,
			disposable: scope.config.disposable,
		},
		scope.options,
	);
}

export function declareWarehouse(
	scope: Scope,
	encryption: Encryption,
	{ raw, processed }: DataLake,
	network: Network,
	{ database }: Catalog,
): Warehouse | undefined {
	const config = scope.config;
	if (config.warehouseKind === "none") return undefined;
	return new Warehouse(
		`${scope.name}-warehouse`,
		{
			kind: config.warehouseKind,
			tableFolders: tableFolders(scope.definition.pipeline),
			hasClicks: scope.definition.pipeline.clicks !== undefined,
			rawBucketArn: raw.arn,
			processedBucketArn: processed.arn,
			catalogDatabase: database,
			baseCapacity: config.warehouseBaseCapacity,
			nodeType: config.warehouseNodeType,
			nodes: config.warehouseNodes,
			subnetIds: network.subnetIds,
			securityGroupId: network.warehouseSecurityGroupId,
			kmsKeyArn: encryption.keyArn,
			disposable: config.disposable,
			logRetentionDays: config.logRetentionDays,
		},
		scope.options,
	);
}

export function declareDashboards(
	scope: Scope,
	encryption: Encryption,
	{ raw, processed }: DataLake,
	network: Network,
	{ database }: Catalog,
	{ workgroup }: Athena,
	warehouse: Warehouse | undefined,
): Dashboards | undefined {
	const config = scope.config;
	if (config.dashboards === "none") return undefined;
	return new Dashboards(
		`${scope.name}-dashboards`,
		{
			engine: config.dashboards,
			ready: !dashboardsWait(config),
			principals: currentEnvironment(scope.options.parent).apply(({ accountId }) =>
				ownersIn(accountId, config.quickSightPrincipals),
			),
			subscribe: config.quickSightSubscribe,
			accountName: config.quickSightAccountName,
			email: config.notificationEmail,
			pipeline: scope.definition.pipeline.name,
			charts: chartsOf(scope.definition),
			views: scope.definition.views.map(({ name }) => name),
			tableFolders: tableFolders(scope.definition.pipeline),
			database,
			workgroup,
			hasClicks: scope.definition.pipeline.clicks !== undefined,
			rawBucketArn: raw.arn,
			processedBucketArn: processed.arn,
			warehouseHost: warehouse?.host,
			warehouseDatabase: warehouse?.database,
			warehouseSecretArn: warehouse?.readerSecretArn,
			subnetIds: network.subnetIds,
			securityGroupId: network.dashboardsSecurityGroupId,
			kmsKeyArn: encryption.keyArn,
		},
		scope.options,
	);
}

/** The charts with their queries, which the definition's check has found. */
function chartsOf({ folder, pipeline }: Definition): ChartSource[] {
	return pipeline.charts.map((chart) => ({ chart, sql: readFileSync(join(folder, chart.query), "utf8") }));
}
