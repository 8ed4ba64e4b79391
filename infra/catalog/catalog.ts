import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { lake } from "../../etl/contract/contract.ts";
import type { Clicks } from "../../etl/definition/clicks.ts";
import { arn, currentEnvironment } from "../shared/awsEnvironment.ts";
import { crawlerLogGroup } from "../shared/glueLogs.ts";
import { encryptedLogGroup } from "../shared/logGroup.ts";
import { allow } from "../shared/policyDocument.ts";
import { type ServiceRole, serviceRole } from "../shared/serviceRole.ts";
import { decrypt, listBuckets, readObjects } from "../storage/lakeAccess.ts";
import {
	type CatalogTable,
	crawledParameters,
	crawledTables,
	projectionParameters,
	storageFormats,
} from "./catalogTables.ts";

export interface CatalogArgs {
	/** Name of the database: lower case letters, digits, underscores. */
	database: string;
	/** Type of a click, by its fields; undefined where the pipeline has no clicks. */
	clicks?: Clicks;
	/** Raw zone, where the clicks are. */
	rawBucket: pulumi.Input<string>;
	/** ARN of the raw zone, which the crawler reads. */
	rawBucketArn: pulumi.Input<string>;
	/** Processed zone, where all other tables are. */
	processedBucket: pulumi.Input<string>;
	/** ARN of the processed zone, which the crawler reads. */
	processedBucketArn: pulumi.Input<string>;
	/** Key of the lake, and of the crawler's log. */
	kmsKeyArn: pulumi.Input<string>;
	/** Glue security configuration: what encrypts the crawler's log. */
	securityConfiguration: pulumi.Input<string>;
	/** Whether the crawler starts by itself once a day. */
	crawlsDaily: boolean;
	/** Whether the database, and with it every table's registration, may be deleted with the stack. */
	disposable: boolean;
	/** Days for which the crawler's log is kept. */
	logRetentionDays: pulumi.Input<number>;
}

export interface Crawler {
	name: pulumi.Output<string>;
	roleArn: pulumi.Output<string>;
}

/** In UTC. New columns of clicks are rare, and each crawl reads all of them. */
const everyNight = "cron(30 3 * * ? *)";

/**
 * The data catalog: one database, and the crawler that keeps the columns of the clicks up to date. All other tables are
 * registered by the jobs that write them.
 *
 * The crawler adds and changes columns, and never removes a table: a folder is empty for a moment while it is reloaded.
 *
 * Defaults: none; every argument is given.
 *
 * Danger: to change `database` makes a new one, which the jobs fill on their next run; unless it is disposable, that
 * is refused until its protection is taken off.
 *
 * Cost: $0.44 a DPU-hour, at least ten minutes of two DPU a crawl ($0.15, $4.50 a month by day); the catalog is free up
 * to a million objects.
 */
export class Catalog extends pulumi.ComponentResource {
	/** Name of the database, once it exists. */
	readonly database: pulumi.Output<string>;
	/** Undefined where every table is registered by a job. */
	readonly crawler: Crawler | undefined;

	constructor(name: string, args: CatalogArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:catalog:Catalog", name, {}, opts);
		const database = new aws.glue.CatalogDatabase(
			`${name}-database`,
			{
				name: args.database,
				description: `Tables of ${name}`,
				locationUri: pulumi.interpolate`s3://${args.processedBucket}/${lake.roots.current}/`,
			},
			{ parent: this, protect: !args.disposable },
		);
		const tables = crawledTables(args.clicks);
		const names = tables.map((table) => this.#table(name, args, database, table).name);
		this.database = database.name;
		this.crawler = tables.length === 0 ? undefined : this.#crawler(name, args, tables, names);
		this.registerOutputs({ database: this.database, crawler: this.crawler });
	}

	#crawler(name: string, args: CatalogArgs, tables: CatalogTable[], names: pulumi.Output<string>[]): Crawler {
		const role = this.#role(name, args, tables);
		const log = encryptedLogGroup(this, `${name}-crawler-log`, {
			name: pulumi
				.all([args.securityConfiguration, role.name])
				.apply(([configuration, roleName]) => crawlerLogGroup(configuration, roleName)),
			kmsKeyArn: args.kmsKeyArn,
			retentionDays: args.logRetentionDays,
		});
		const crawler = new aws.glue.Crawler(
			`${name}-crawler`,
			{
				name,
				description: "Columns and partitions of tables that no job registers",
				databaseName: this.database,
				role: role.arn,
				catalogTargets: [{ databaseName: this.database, tables: names }],
				...(args.crawlsDaily ? { schedule: everyNight } : {}),
				schemaChangePolicy: { updateBehavior: "UPDATE_IN_DATABASE", deleteBehavior: "LOG" },
				recrawlPolicy: { recrawlBehavior: "CRAWL_EVERYTHING" },
				configuration: JSON.stringify({
					Version: 1,
					CrawlerOutput: {
						// A partition takes the table's columns, so that one file with an older schema can still be read.
						Partitions: { AddOrUpdateBehavior: "InheritFromTable" },
						Tables: { AddOrUpdateBehavior: "MergeNewColumns" },
					},
					// Glue adds it for tables of the catalog; without it here every preview would show a change.
					Grouping: { TableGroupingPolicy: "CombineCompatibleSchemas" },
				}),
				securityConfiguration: args.securityConfiguration,
			},
			{ parent: this, dependsOn: [role.policy, log] },
		);
		return { name: crawler.name, roleArn: role.arn };
	}

	#table(
		name: string,
		args: CatalogArgs,
		database: aws.glue.CatalogDatabase,
		table: CatalogTable,
	): aws.glue.CatalogTable {
		const bucket = table.zone === "raw" ? args.rawBucket : args.processedBucket;
		const location = pulumi.interpolate`s3://${bucket}/${table.prefix}/`;
		return new aws.glue.CatalogTable(
			`${name}-${table.name}`,
			{
				name: table.name,
				description: table.description,
				databaseName: database.name,
				tableType: "EXTERNAL_TABLE",
				parameters: location.apply((uri) => ({
					...crawledParameters[table.format],
					EXTERNAL: "TRUE",
					...projectionParameters(table, uri),
				})),
				partitionKeys: table.partitionKeys,
				storageDescriptor: {
					location,
					columns: table.columns,
					...storageFormats[table.format],
				},
			},
			// From then on both are the crawler's, which writes columns, formats, and parameters of table, serde and descriptor.
			// To take what the program says once more, it is replaced (docs/aws.md), and its name is free only once it is deleted.
			{ parent: this, ignoreChanges: ["parameters", "storageDescriptor"], deleteBeforeReplace: true },
		);
	}

	#role(name: string, args: CatalogArgs, tables: CatalogTable[]): ServiceRole {
		const prefixes = (zone: CatalogTable["zone"]): string[] =>
			tables.filter((table) => table.zone === zone).map(({ prefix }) => prefix);
		return serviceRole(this, `${name}-crawler-role`, {
			service: "glue",
			description: "Crawler",
			statements: pulumi
				.output({
					environment: currentEnvironment(this),
					raw: args.rawBucketArn,
					processed: args.processedBucketArn,
					keyArn: args.kmsKeyArn,
				})
				.apply(({ environment, raw, processed, keyArn }) => [
					listBuckets("ListLake", [raw, processed]),
					readObjects("ReadCrawled", [
						{ bucketArn: raw, prefixes: prefixes("raw") },
						{ bucketArn: processed, prefixes: prefixes("processed") },
					]),
					decrypt(keyArn),
					allow(
						"UpdateTables",
						[
							"glue:BatchCreatePartition",
							"glue:BatchDeletePartition",
							"glue:BatchGetPartition",
							"glue:BatchUpdatePartition",
							"glue:CreatePartition",
							"glue:GetDatabase",
							"glue:GetPartition",
							"glue:GetPartitions",
							"glue:GetTable",
							"glue:GetTables",
							"glue:UpdatePartition",
							"glue:UpdateTable",
						],
						[
							arn(environment, "glue", "catalog"),
							arn(environment, "glue", `database/${args.database}`),
							...tables.map((table) => arn(environment, "glue", `table/${args.database}/${table.name}`)),
						],
					),
					allow(
						"WriteLogs",
						["logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
						[arn(environment, "logs", "log-group:/aws-glue/crawlers-role/*")],
					),
				]),
		});
	}
}
