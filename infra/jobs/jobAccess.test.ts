import { describe, expect, it } from "vitest";
import type { JobDefinition } from "../../etl/definition/jobs.ts";
import { jobs } from "../../tests/support/sampleShop.ts";
import { coveringPrefixes } from "../storage/lakeAccess.ts";
import { testEnvironment } from "../testing/mockedCloud.ts";
import { jobStatements } from "./jobAccess.ts";

const access = (list: readonly JobDefinition[]) =>
	jobStatements({
		environment: testEnvironment,
		jobs: list,
		rawBucketArn: "raw",
		processedBucketArn: "processed",
		scriptsBucketArn: "scripts",
		temporaryPrefix: "temporary",
		kmsKeyArn: "key",
		database: "db",
	});
const statement = (list: readonly JobDefinition[], sid: string) => access(list).find(({ Sid }) => Sid === sid);
const join = jobs.filter(({ name }) => name === "join-tables");

describe("what the jobs may do", () => {
	it("is what the list says: places that are read, places that are written, and their own books", () => {
		expect(statement(join, "ReadLake")?.Resource).toEqual([
			"raw/clickstream-data/*",
			"processed/_runs/*",
			"processed/_staging/*",
			"processed/_state/*",
			"processed/current/wordpress-db/*",
			"scripts/certificates/*",
			"scripts/datasets/*",
			"scripts/jobs/*",
			"scripts/lakehouse/*",
		]);
		expect(statement(join, "WriteLake")?.Resource).toEqual([
			"processed/_runs/*",
			"processed/_staging/*",
			"processed/_state/*",
			"processed/joint-tables/*",
			"scripts/temporary/*",
		]);
	});

	it("grows with a job, without another edit", () => {
		const forecast: JobDefinition = {
			...(join[0] as JobDefinition),
			name: "forecast",
			writes: [{ zone: "processed", prefix: "forecast" }],
		};
		expect(statement([...join, forecast], "WriteLake")?.Resource).toContain("processed/forecast/*");
	});

	it("is never to write the raw zone", () => {
		const intruder: JobDefinition = {
			...(join[0] as JobDefinition),
			name: "intruder",
			writes: [{ zone: "raw", prefix: "wordpress-db" }],
		};
		expect(() => access([intruder])).toThrow(
			"intruder writes to the raw zone, which only replication and the clickstream may do",
		);
	});

	it("has nothing of the source where no job uses it", () => {
		expect(JSON.stringify(access(join))).not.toMatch(/secretsmanager|ec2:/);
	});
});

it("prefixes are covered by as few as can be, and a like beginning is another prefix", () => {
	expect(coveringPrefixes(["a/b", "a", "ab", "a/b/c", "a"])).toEqual(["a", "ab"]);
	expect(coveringPrefixes(["a", ""])).toEqual([""]);
	expect(coveringPrefixes([])).toEqual([]);
});
