import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { alarms } from "./alarms.ts";
import { type KnownAlarm, metricsDashboard } from "./metricsDashboard.ts";

describe("alarms", () => {
	const watched = {
		replicationInstanceId: "dms",
		replicationTaskResourceId: "T1",
		clickstream: { streamName: "kds", deliveryStreamName: "kdf" },
		stateMachineArn: "arn:m",
		latencySeconds: 300,
		batchSeconds: 900,
		freeStorageGb: 5,
	};

	it("are all described for those who are notified", async () => {
		const page = await readFile(new URL("../../docs/operations.md", import.meta.url), "utf8");
		const changes = { streamName: "cs", deliveryStreamName: "cf" };
		for (const { name } of alarms({ ...watched, changes, rdsIdentifier: "db" })) expect(page).toContain(`\`${name}\``);
		expect(page.split("\n").filter((line) => /^\| `[a-z-]+`/.test(line))).toHaveLength(10);
	});

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
				1200,
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
