import * as aws from "@pulumi/aws";
import { Analysis, Dashboard } from "@pulumi/aws-native/quicksight/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { Dataset } from "../../etl/contract/datasets.ts";
import { currentEnvironment } from "../shared/awsEnvironment.ts";
import { type ServiceRole, serviceRole } from "../shared/serviceRole.ts";
import { athenaResultsPrefix } from "../storage/dataLake.ts";
import { type ChartTable, type DashboardData, type DashboardEngine, dashboardData } from "./dashboardData.ts";
import { type DataSetArns, type Definition, departmentDefinition, salesDefinition } from "./dashboardDefinition.ts";
import { athenaStatements, permissions, vpcConnectionStatements } from "./quickSightAccess.ts";

export interface DashboardsArgs {
	/** What the dashboards query: Athena, or the warehouse through a VPC connection. */
	engine: DashboardEngine;
	/** ARNs of QuickSight users or groups that own all parts; 1 to 20. */
	principals: pulumi.Input<string[]>;
	/** Subscribe the account to QuickSight; false where it is, which is once an account. */
	subscribe: boolean;
	/** With `subscribe`: name of the QuickSight account, unique in the world. */
	accountName?: string | undefined;
	/** With `subscribe`: address for QuickSight's notices. */
	email?: string | undefined;
	/** What is replicated: each table has a change log. */
	datasets: readonly Dataset[];
	/** Catalog database that is queried. */
	database: pulumi.Input<string>;
	/** `athena`: the workgroup of its queries. */
	workgroup: pulumi.Input<string>;
	/** `athena`: ARN of the raw zone, where the clicks are. */
	rawBucketArn: pulumi.Input<string>;
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
 * QuickSight: a data source with its data sets, the analysis "department analysis" with the sample shop's word cloud, and two
 * dashboards: "department dashboard", and "sales dashboard" with all charts of the web page and its filters.
 *
 * Analyses and dashboards come from the provider aws-native, since the other one knows no definitions.
 *
 * Defaults: none; what belongs to the other engine, or to `subscribe`, may be absent.
 *
 * Danger: with `warehouse`, an administrator of QuickSight has once to let it read the secret of the warehouse's reader
 * (Security & permissions, Secrets Manager), and to allow kms:Decrypt on the stack's key, which encrypts the secret, to
 * the role that QuickSight makes for that, aws-quicksight-secretsmanager-role-v0. The user exists from the first
 * `pipeline-cli warehouse apply` on. Subscribing costs money from that day on; the subscription stays on destroy.
 *
 * Cost: $24 an author and month, $3 a reader; data is queried directly, so no SPICE capacity is needed.
 */
export class Dashboards extends pulumi.ComponentResource {
	readonly analysisId: string;
	/** Identifier in QuickSight, by the dashboard's subject. */
	readonly dashboardIds: { departments: string; sales: string };
	/** Role by which QuickSight queries Athena, where it does. */
	readonly athenaRoleArn?: pulumi.Output<string>;

	constructor(name: string, args: DashboardsArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:dashboards:Dashboards", name, {}, opts);
		const subscription = args.subscribe ? [this.#subscribe(name, args)] : [];
		let source: aws.quicksight.DataSource;
		if (args.engine === "athena") {
			const role = this.#athenaRole(name, args);
			this.athenaRoleArn = role.arn;
			source = this.#athenaSource(name, args, role, subscription);
		} else {
			source = this.#warehouseSource(name, args, subscription);
		}
		const arnOf = (table: ChartTable) => this.#dataSet(name, args, source, dashboardData[table]).arn;
		const arns = pulumi
			.all([arnOf("joint_tables"), arnOf("fact_orders"), arnOf("clickstream_data"), arnOf("<table>_changes")])
			.apply(
				([products, sales, clicks, changes]): DataSetArns => ({
					joint_tables: products,
					fact_orders: sales,
					clickstream_data: clicks,
					"<table>_changes": changes,
				}),
			);

		this.analysisId = `${name}-departments`;
		this.dashboardIds = { departments: `${name}-departments`, sales: `${name}-sales` };
		const awsAccountId = currentEnvironment(this).accountId;
		new Analysis(
			`${name}-department-analysis`,
			{
				awsAccountId,
				analysisId: this.analysisId,
				name: "department analysis",
				definition: arns.apply(departmentDefinition),
				permissions: owned("analysis", args),
			},
			{ parent: this },
		);
		const dashboard = (
			subject: "departments" | "sales",
			title: string,
			definition: (arns: DataSetArns) => Definition,
		): void => {
			new Dashboard(
				`${name}-${subject}-dashboard`,
				{
					awsAccountId,
					dashboardId: this.dashboardIds[subject],
					name: title,
					definition: arns.apply(definition),
					permissions: owned("dashboard", args),
				},
				{ parent: this },
			);
		};
		dashboard("departments", "department dashboard", departmentDefinition);
		dashboard("sales", "sales dashboard", salesDefinition);
		this.registerOutputs({ analysisId: this.analysisId, dashboardIds: this.dashboardIds });
	}

	/** As the stack's outputs have it. */
	toOutputs() {
		return { analysisId: this.analysisId, dashboards: this.dashboardIds };
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
					athenaStatements({ ...access, datasets: args.datasets, resultsPrefix: athenaResultsPrefix }),
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
		data: DashboardData,
	): aws.quicksight.DataSet {
		const { engine, datasets } = args;
		const sqlQuery = pulumi.output(args.database).apply((database) => data.sql({ engine, database, datasets }));
		return new aws.quicksight.DataSet(
			`${name}-${data.identifier}`,
			{
				dataSetId: `${name}-${data.identifier}`,
				name: data.identifier,
				importMode: "DIRECT_QUERY",
				physicalTableMaps: [
					{
						physicalTableMapId: data.identifier.replaceAll("_", "-"),
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
