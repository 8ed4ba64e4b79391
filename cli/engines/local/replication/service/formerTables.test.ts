import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { lake } from "../../../../../etl/contract/contract.ts";
import { test } from "../../../../../tests/support/fixtures.ts";
import { FormerTables } from "./formerTables.ts";

const hour = 3_600_000;
const named = (table: string): [string, { schema: string; table: string }] => [
	`shop.${table}`,
	{ schema: "shop", table },
];

test("of tables made each for an hour none is remembered for long, and each that was processed is", async ({
	folder,
}) => {
	const tables = new FormerTables(folder);
	const former = new Map([named("current"), named("changes")]);
	await mkdir(join(folder, lake.current("shop", "current")), { recursive: true });
	await mkdir(join(folder, lake.changeLog("shop", "changes")), { recursive: true });
	for (let at = 0; at < 100; at += 1) {
		const [id, name] = named(`temporary_${at}`);
		former.set(id, name);
		await tables.forget(former, at * hour);
		expect(former.size).toBeLessThanOrEqual(2 + 25);
	}
	expect([...former.keys()].slice(0, 2)).toEqual(["shop.current", "shop.changes"]);
});

test("a table that a job brings late to the processed zone stays remembered", async ({ folder }) => {
	const tables = new FormerTables(folder);
	const former = new Map([named("late")]);
	await tables.forget(former, 0);
	await mkdir(join(folder, lake.current("shop", "late")), { recursive: true });
	await tables.forget(former, 23 * hour);
	await tables.forget(former, 48 * hour);
	expect([...former.keys()]).toEqual(["shop.late"]);
});
