import * as aws from "@pulumi/aws";
import { Analysis, Dashboard } from "@pulumi/aws-native/quicksight/index.js";
import * as pulumi from "@pulumi/pulumi";
import { currentEnvironment } from "../shared/awsEnvironment.ts";
import { type ServiceRole, serviceRole } from "../shared/serviceRole.ts";
import { athenaResultsPrefix } from "../storage/dataLake.ts";
import {
	type ChartDataSet,
	type ChartSource,
	chartDataSets,
	type DashboardEngine,
	dataSetSql,
	slug,
} from "./dataSets.ts";
import { definitionOf } from "./definition.ts";
import { type Drawn, drawnCharts } from "./filters.ts";
import { athenaStatements, permissions, vpcConnectionStatements } from "./quickSightAccess.ts";

export interface DashboardsArgs {
	/** What the dashboards query: Athena, or the warehouse through a VPC connection. */
	engine: DashboardEngine;
	/**
	 * Whether QuickSight can log in. It does while a data source is made, so that the first update would fail over a warehouse
	 * whose reader only the CLI makes: until then nothing is made but the subscription.
	 */
	ready: boolean;
	/** ARNs of QuickSight users or groups that own all parts; 1 to 20. */
	principals: pulumi.Input<string[]>;
	/** Subscribe the account to QuickSight; false where it is, which is once an account. */
	subscribe: boolean;
	/** With `subscribe`: name of the QuickSight account, unique in the world. */
	accountName?: string | undefined;
	/** With `subscribe`: address for QuickSight's notices. */
	email?: string | undefined;
	/** Name of the pipeline, and of the dashboard with all charts. */
	pipeline: string;
	/** The pipeline's charts, each with its query. */
	charts: readonly ChartSource[];
	/** `warehouse`: its views, by name; charts read them in place of tables of the lake. */
	views: readonly string[];
	/** Folders of the processed zone that hold tables. */
	tableFolders: readonly string[];
	/** Catalog database that is queried. */
	database: pulumi.Input<string>;
	/** `athena`: the workgroup of its queries. */
	workgroup: pulumi.Input<string>;
	/** `athena`: ARN of the raw zone, where the clicks are. */
	rawBucketArn: pulumi.Input<string>;
	/** `athena`: whether there are any. */
	hasClicks: boolean;
	/** `athena`: ARN of the processed zone, where tables and query results are. */
	processedBucketArn: pulumi.Input<string>;
	/** `athena`: key of the lake. */
	kmsKeyArn: pulumi.Input<string>;
	/** `warehouse`: where it listens. */
	warehouseHost?: pulumi.Input<string> | undefined;
	/** `warehouse`: its database. */
	warehouseDatabase?: string | undefined;
	/** `warehouse`: secret of the user who only reads. */
	warehouseSecretArn?: pulumi.Input<string> | undefined;
	/** `warehouse`: subnets of the VPC connection. */
	subnetIds: pulumi.Input<string[]>;
	/** `warehouse`: group of the VPC connection. */
	securityGroupId: pulumi.Input<string>;
}

/**
 * QuickSight: a data source, a data set for each query of the charts, and an analysis and a dashboard with all charts of the
 * web page and their filters; charts that name a dashboard of their own have an analysis and a dashboard of that name, too.
 *
 * Analyses and dashboards come from the provider aws-native, since the other one knows no definitions.
 *
 * Defaults: none; what belongs to the other engine, or to `subscribe`, may be absent.
 *
 * Danger: with `warehouse`, `ready` is for after the first `pipeline-cli warehouse apply`, which makes the reader, and after an
 * administrator of QuickSight has let it read the reader's secret (docs/aws.md); before, the update fails. Subscribing
 * costs money from that day on; the subscription stays on destroy.
 *
 * Cost: $24 an author and month, $3 a reader; data is queried directly, so no SPICE capacity is needed.
 */
export class Dashboards extends pulumi.ComponentResource {
	/** The analysis with all charts; undefined while they wait. */
	readonly analysisId: string | undefined;
	/** Identifier in QuickSight, by the dashboard's name. */
	readonly dashboardIds: Readonly<Record<string, string>>;
	/** Role by which QuickSight queries Athena, where it does. */
	readonly athenaRoleArn?: pulumi.Output<string>;

	constructor(name: string, args: DashboardsArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:dashboards:Dashboards", name, {}, opts);
		const subscription = args.subscribe ? [this.#subscribe(name, args)] : [];
		if (!args.ready) {
			this.dashboardIds = {};
			this.registerOutputs({ dashboardIds: this.dashboardIds });
			return;
		}
		let source: aws.quicksight.DataSource;
		if (args.engine === "athena") {
			const role = this.#athenaRole(name, args);
			this.athenaRoleArn = role.arn;
			source = this.#athenaSource(name, args, role, subscription);
		} else {
			source = this.#warehouseSource(name, args, subscription);
		}
		const sets = chartDataSets(args.charts);
		const arns = pulumi.all(
			Object.fromEntries(sets.map((data) => [data.identifier, this.#dataSet(name, args, source, data).arn])),
		);
		const drawn = drawnCharts(args.charts, sets);
		const own = [...new Set(drawn.flatMap(({ chart }) => chart.dashboard ?? []))].filter((it) => it !== args.pipeline);
		const subjects = [
			...(drawn.length === 0 ? [] : [{ subject: args.pipeline, drawn }]),
			...own.map((subject) => ({ subject, drawn: drawn.filter(({ chart }) => chart.dashboard === subject) })),
		];
		this.analysisId = `${name}-${slug(args.pipeline)}`;
		this.dashboardIds = Object.fromEntries(subjects.map(({ subject }) => [subject, `${name}-${slug(subject)}`]));
		for (const { subject, drawn: shown } of subjects) this.#publish(name, args, subject, shown, arns);
		this.registerOutputs({ analysisId: this.analysisId, dashboardIds: this.dashboardIds });
	}

	/** As the stack's outputs have it; null while they wait. */
	toOutputs() {
		return this.analysisId === undefined ? null : { analysisId: this.analysisId, dashboards: this.dashboardIds };
	}

	/** The analysis and the dashboard of a subject. */
	#publish(
		name: string,
		args: DashboardsArgs,
		subject: string,
		drawn: readonly Drawn[],
		arns: pulumi.Output<Record<string, string>>,
	): void {
		const awsAccountId = currentEnvironment(this).accountId;
		const id = slug(subject);
		const definition = arns.apply((known) => definitionOf(id, subject, drawn, known));
		new Analysis(
			`${name}-${id}-analysis`,
			{
				awsAccountId,
				analysisId: `${name}-${id}`,
				name: `${subject} analysis`,
				definition,
				permissions: owned("analysis", args),
			},
			{ parent: this },
		);
		new Dashboard(
			`${name}-${id}-dashboard`,
			{
				awsAccountId,
				dashboardId: `${name}-${id}`,
				name: `${subject} dashboard`,
				definition,
				permissions: owned("dashboard", args),
			},
			{ parent: this },
		);
	}

	#subscribe(name: string, { accountName, email }: DashboardsArgs): pulumi.Resource {
		if (accountName === undefined || email === undefined) throw new Error("subscribe needs accountName and email");
		return new aws.quicksight.AccountSubscription(
			`${name}-subscription`,
			{ accountName, notificationEmail: email, edition: "ENTERPRISE", authenticationMethod: "IAM_AND_QUICKSIGHT" },
			{ parent: this, retainOnDelete: true },
		);
	}

	#athenaRole(name: string, args: DashboardsArgs): ServiceRole {
		return serviceRole(this, `${name}-role`, {
			service: "quicksight",
			description: "QuickSight queries Athena",
			statements: pulumi
				.output({
					environment: currentEnvironment(this),
					database: args.database,
					workgroup: args.workgroup,
					rawBucketArn: args.rawBucketArn,
					processedBucketArn: args.processedBucketArn,
					kmsKeyArn: args.kmsKeyArn,
				})
				.apply((access) =>
					athenaStatements({
						...access,
						tableFolders: args.tableFolders,
						hasClicks: args.hasClicks,
						resultsPrefix: athenaResultsPrefix,
					}),
				),
		});
	}

	#athenaSource(
		name: string,
		args: DashboardsArgs,
		role: ServiceRole,
		dependsOn: pulumi.Resource[],
	): aws.quicksight.DataSource {
		return new aws.quicksight.DataSource(
			`${name}-source`,
			{
				dataSourceId: `${name}-lake`,
				name: `${name}: lake`,
				type: "ATHENA",
				parameters: { athena: { workGroup: args.workgroup, roleArn: role.arn } },
				permissions: owned("dataSource", args),
				sslProperties: { disableSsl: false },
			},
			{ parent: this, dependsOn: [role.policy, ...dependsOn] },
		);
	}

	#warehouseSource(name: string, args: DashboardsArgs, dependsOn: pulumi.Resource[]): aws.quicksight.DataSource {
		const { warehouseHost, warehouseDatabase, warehouseSecretArn } = args;
		if (warehouseHost === undefined || warehouseDatabase === undefined || warehouseSecretArn === undefined) {
			throw new Error("dashboards over the warehouse need warehouseHost, warehouseDatabase and warehouseSecretArn");
		}
		const role = serviceRole(this, `${name}-role`, {
			service: "quicksight",
			description: "QuickSight reaches the warehouse's network",
			statements: pulumi
				.all([currentEnvironment(this), args.subnetIds, args.securityGroupId])
				.apply(([environment, subnetIds, groupId]) => vpcConnectionStatements(environment, subnetIds, groupId)),
		});
		const connection = new aws.quicksight.VpcConnection(
			`${name}-network`,
			{
				vpcConnectionId: name,
				name,
				roleArn: role.arn,
				subnetIds: args.subnetIds,
				securityGroupIds: [args.securityGroupId],
			},
			{ parent: this, dependsOn: [role.policy, ...dependsOn] },
		);
		return new aws.quicksight.DataSource(
			`${name}-source`,
			{
				dataSourceId: `${name}-warehouse`,
				name: `${name}: warehouse`,
				type: "REDSHIFT",
				parameters: { redshift: { host: warehouseHost, port: 5439, database: warehouseDatabase } },
				credentials: { secretArn: warehouseSecretArn },
				vpcConnectionProperties: { vpcConnectionArn: connection.arn },
				permissions: owned("dataSource", args),
				sslProperties: { disableSsl: false },
			},
			// The provider cannot change a Redshift data source without its credentials; a new one is made instead.
			{ parent: this, replaceOnChanges: ["parameters"], deleteBeforeReplace: true },
		);
	}

	#dataSet(
		name: string,
		args: DashboardsArgs,
		source: aws.quicksight.DataSource,
		data: ChartDataSet,
	): aws.quicksight.DataSet {
		const { engine, views } = args;
		const sqlQuery = pulumi.output(args.database).apply((database) => dataSetSql(data, { engine, database, views }));
		return new aws.quicksight.DataSet(
			`${name}-${data.identifier}`,
			{
				dataSetId: `${name}-${data.identifier}`,
				name: data.identifier,
				importMode: "DIRECT_QUERY",
				physicalTableMaps: [
					{
						physicalTableMapId: data.identifier,
						customSql: { dataSourceArn: source.arn, name: data.identifier, sqlQuery, columns: data.columns },
					},
				],
				permissions: owned("dataSet", args),
			},
			{ parent: this },
		);
	}
}

function owned(part: Parameters<typeof permissions>[0], { principals }: DashboardsArgs) {
	return pulumi.output(principals).apply((owners) => permissions(part, owners));
}
