import * as pulumi from "@pulumi/pulumi";
import { databaseName } from "../etl/contract/contract.ts";
import type { Dataset } from "../etl/datasets.ts";
import { derivedDatasets } from "../etl/derivedDatasets.ts";
import type { JobDefinition } from "../etl/jobs.ts";
import { Catalog } from "./catalog/catalog.ts";
import { LakeFormation } from "./catalog/lakeFormation.ts";
import { Clickstream } from "./clickstream/clickstream.ts";
import type { PipelineConfig } from "./config.ts";
import { Dashboards } from "./dashboards/dashboards.ts";
import { DataQuality } from "./jobs/dataQuality.ts";
import { EtlJobs } from "./jobs/etlJobs.ts";
import { Monitoring } from "./monitoring/monitoring.ts";
import { Notifications } from "./monitoring/notifications.ts";
import { Network } from "./network/network.ts";
import { outputsVersion, type PipelineOutputs } from "./outputs.ts";
import * as from from "./pipelineArgs.ts";
import { defined } from "./pipelineArgs.ts";
import { ownersIn } from "./placeholders.ts";
import { Athena } from "./query/athena.ts";
import type { NamedQuery } from "./query/namedQueries.ts";
import { Replication } from "./replication/replication.ts";
import { ReplicationStream } from "./replication/replicationStream.ts";
import { Schedule } from "./schedule/schedule.ts";
import { currentPlace } from "./shared/place.ts";
import { SourceDatabase } from "./source/sourceDatabase.ts";
import { DataLake } from "./storage/dataLake.ts";
import { Encryption } from "./storage/encryption.ts";
import { Warehouse } from "./warehouse/warehouse.ts";

export interface AnalyticsPipelineArgs {
	/** Stack's name; the catalog's database is named after it. */
	stack: string;
	config: PipelineConfig;
	datasets: readonly Dataset[];
	jobs: readonly JobDefinition[];
	queries: readonly NamedQuery[];
	/** Folder of job scripts and of the package that they share. */
	etlFolder: string;
	/** SQL of the sample schemas, for a source of kind `ec2`. */
	sampleSchemaFile: string;
}

/**
 * The whole pipeline: MySQL and clicks to a lake, jobs, catalog, queries, warehouse and dashboards; private, encrypted
 * and watched. `pipeline-cli replication start` then starts the replication.
 *
 * Danger: see `DataLake` and `Replication`.
 *
 * Cost: docs/cost.md.
 */
export class AnalyticsPipeline extends pulumi.ComponentResource {
	/** What the CLI reads. */
	readonly outputs: pulumi.Output<PipelineOutputs>;

	constructor(name: string, args: AnalyticsPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:index:AnalyticsPipeline", name, {}, opts);
		const { config, datasets } = args;
		const parent = { parent: this };
		const { disposable, logRetentionDays } = config;

		const encryption = new Encryption(`${name}-encryption`, { disposable }, parent);
		const base = { ...args, disposable, logRetentionDays, kmsKeyArn: encryption.keyArn };
		const { topicArn } = new Notifications(
			`${name}-notifications`,
			{ ...base, ...defined({ email: config.notificationEmail }) },
			parent,
		);
		const lake = new DataLake(`${name}-lake`, base, parent);
		const network = new Network(
			`${name}-network`,
			{
				...base,
				...from.networkArgs(config),
				bucketArns: [lake.raw.arn, lake.processed.arn, lake.scripts.arn],
			},
			parent,
		);
		const shared = {
			...base,
			...lake.names(),
			topicArn,
			subnetIds: network.subnetIds,
			securityConfiguration: encryption.glueSecurityConfiguration,
		};

		const source = new SourceDatabase(
			`${name}-source`,
			{
				...shared,
				...from.sourceArgs(config),
				securityGroupId: network.databaseSecurityGroupId,
				schemas: datasets.map(({ schema }) => schema),
			},
			parent,
		);
		const stream =
			config.replicationTarget === "kinesis" ? new ReplicationStream(`${name}-changes`, shared, parent) : undefined;
		const replication = new Replication(
			`${name}-replication`,
			{
				...shared,
				...from.replicationArgs(config),
				...source.access(),
				...defined({ afterConnectScript: source.afterConnectScript, targetEndpointArn: stream?.targetEndpointArn }),
				securityGroupId: network.replicationSecurityGroupId,
			},
			parent,
		);
		const clickstream = new Clickstream(`${name}-clickstream`, { ...shared, ...from.clickstreamArgs(config) }, parent);

		const catalog = new Catalog(`${name}-catalog`, { ...shared, database: databaseName(args.stack) }, parent);
		const { crawlerName, database } = catalog;
		const allDatasets = [...datasets, ...derivedDatasets];
		new DataQuality(`${name}-quality`, { ...shared, datasets: allDatasets }, parent);
		const jobs = new EtlJobs(
			`${name}-jobs`,
			{
				...shared,
				datasets: allDatasets,
				...from.jobArgs(config),
				...source.access(),
				database,
				subnetId: network.subnetIds.apply((ids) => ids[0] ?? ""),
				availabilityZone: network.availabilityZone,
				securityGroupId: network.jobsSecurityGroupId,
			},
			parent,
		);
		const { jobNames } = jobs;
		const athena = new Athena(
			`${name}-athena`,
			{ ...shared, database, resultsBucket: shared.processedBucket, scanLimitGb: config.athenaScanLimitGb },
			parent,
		);
		const warehouse = this.#warehouse(name, config, {
			...shared,
			catalogDatabase: database,
			securityGroupId: network.warehouseSecurityGroupId,
		});
		const dashboards = this.#dashboards(name, config, {
			...shared,
			database,
			workgroup: athena.workgroup,
			securityGroupId: network.dashboardsSecurityGroupId,
			...defined({
				warehouseHost: warehouse?.host,
				warehouseDatabase: warehouse?.database,
				warehouseSecretArn: warehouse?.readerSecretArn,
			}),
		});
		if (config.lakeFormation) {
			new LakeFormation(
				`${name}-lake-formation`,
				{
					...shared,
					database,
					writers: { jobs: jobs.roleArn, crawler: catalog.crawlerRoleArn },
					readers: defined({ warehouse: warehouse?.roleArn, dashboards: dashboards?.athenaRoleArn }),
				},
				parent,
			);
		}

		const { stateMachineArn } = new Schedule(
			`${name}-schedule`,
			{ ...shared, ...from.scheduleArgs(config), jobNames, crawlerName },
			parent,
		);
		const monitoring = new Monitoring(
			`${name}-monitoring`,
			{
				...from.monitoringArgs(config),
				topicArn,
				jobNames: Object.values(jobNames),
				crawlerName,
				stateMachineArn,
				replicationInstanceId: replication.instanceId,
				replicationTaskArn: replication.taskArn,
				streamName: clickstream.streamName,
				deliveryStreamName: clickstream.deliveryStreamName,
				...defined({ rdsIdentifier: source.rdsIdentifier, changes: stream }),
			},
			parent,
		);

		this.outputs = pulumi
			.output({
				place: currentPlace(this),
				keyArn: encryption.keyArn,
				buckets: { raw: shared.rawBucket, processed: shared.processedBucket, scripts: shared.scriptsBucket },
				catalog: { database, crawler: crawlerName },
				source: source.described(),
				replication: replication.described(),
				clickstream: { streamName: clickstream.streamName, deliveryStreamName: clickstream.deliveryStreamName },
				jobs: jobNames,
				jobLogGroups: jobs.logGroups,
				stateMachineArn,
				athena: { workgroup: athena.workgroup, resultsUri: athena.resultsUri, queries: athena.queryIds },
				warehouse: warehouse?.described() ?? null,
				dashboards: dashboards?.described() ?? null,
				monitoring: { topicArn, dashboard: monitoring.dashboardName },
			})
			.apply(
				({ place, ...rest }): PipelineOutputs => ({
					version: outputsVersion,
					stack: args.stack,
					region: place.region,
					accountId: place.accountId,
					...rest,
				}),
			);
		this.registerOutputs({ outputs: this.outputs });
	}

	#warehouse(name: string, config: PipelineConfig, shared: Rest<typeof Warehouse>): Warehouse | undefined {
		if (config.warehouseKind === "none") return undefined;
		const args = { ...shared, ...from.warehouseArgs(config), kind: config.warehouseKind };
		return new Warehouse(`${name}-warehouse`, args, { parent: this });
	}

	#dashboards(name: string, config: PipelineConfig, shared: Rest<typeof Dashboards>): Dashboards | undefined {
		if (config.dashboards === "none") return undefined;
		const principals = currentPlace(this).apply(({ accountId }) => ownersIn(accountId, config.quickSightPrincipals));
		const args = { ...shared, ...from.dashboardArgs(config), principals, engine: config.dashboards };
		return new Dashboards(`${name}-dashboards`, args, { parent: this });
	}
}

/** Arguments of a component that do not come from the configuration. */
type Rest<C extends typeof Warehouse | typeof Dashboards> = Omit<
	ConstructorParameters<C>[1],
	C extends typeof Warehouse
		? "kind" | keyof ReturnType<typeof from.warehouseArgs>
		: "engine" | "principals" | keyof ReturnType<typeof from.dashboardArgs>
>;
