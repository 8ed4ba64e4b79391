import { expect, it } from "vitest";
import { testContext } from "../../../tests/support/context.ts";
import { compareCounts } from "./compareCounts.ts";
import type { Way } from "./followRows.ts";

const way = {
	stack: { name: "test", engine: "local" },
	source: {
		query: async (sql: string) => {
			if (sql.startsWith("SHOW")) return [{ File: "binlog.1", Position: 4 }];
			return sql.includes("TABLE_ROWS") ? [{ estimate: 5_000_001 }] : [];
		},
	},
	context: testContext(),
} as unknown as Way;

it.each([
	[[], "Every replicated table has an error.", "pipeline-cli replication tables"],
	[[{ schema: "own", table: "t" }], "more than 5,000,000 rows", "pipeline-cli verify-cdc --read-only"],
])("nothing counted is a failure that says so, and no difference: %j", async (tables, why, next) => {
	await expect(compareCounts(way, tables)).rejects.toMatchObject({
		outcome: "failure",
		text: { why: expect.stringContaining(why), next },
	});
});
