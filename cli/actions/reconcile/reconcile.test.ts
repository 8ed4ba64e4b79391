import { expect, test } from "vitest";
import { testContext } from "../../../tests/support/context.ts";
import type { ComparedTable, Comparison, Stack, TableComparison } from "../../engines/port.ts";
import { reconcile } from "./reconcile.ts";
import { foundText } from "./report.ts";

const orders: ComparedTable = { schema: "shop", table: "orders", estimate: 2, isAtSource: true, isInLake: true };
const equal: TableComparison = {
	...{ schema: "shop", table: "orders", rows: { source: 2, lake: 2 }, key: ["id"], seconds: 0 },
	...{ columns: [], withheld: [], notCompared: [], examples: [] },
	counts: { missing: 0, extra: 0, changed: 0, doubled: 0 },
};

/** @param states of the replication, the last one for ever. */
function stackOf(states: readonly string[], comparison: Partial<Comparison>): Stack {
	let looks = 0;
	const status = async () => {
		looks += 1;
		return { state: states[Math.min(looks, states.length) - 1], text: "Failed", lastError: "the disk is full" };
	};
	const parts = {
		...{ name: "local", engine: "local" },
		replication: async () => ({ status }),
		comparison: async () => ({
			tables: async () => [orders],
			compare: async () => ({ comparison: equal, suspects: undefined }),
			committed: async () => async () => false,
			...comparison,
		}),
	};
	return parts as unknown as Stack;
}

const run = (comparison: Partial<Comparison>, states = ["failed"]) =>
	reconcile(stackOf(states, comparison), { tables: [] }, testContext());

test("nothing to compare proves nothing", async () => {
	await expect(run({ tables: async () => [] })).rejects.toMatchObject({
		outcome: "failure",
		text: { what: "There is no table to compare." },
	});
});

test("a replication that ends while its changes are waited for ends the command", async () => {
	await expect(run({}, ["running", "running", "failed"])).rejects.toMatchObject({
		text: { what: "Replication is not running: Failed.", why: "the disk is full" },
	});
});

test("where the replication does not run, what is equal is equal, and why the lake may be behind is said", async () => {
	expect(await run({})).toMatchObject({
		ok: true,
		behind: "the replication is not running (Failed: the disk is full)",
		tables: [{ state: "equal" }],
	});
});

test("a table that cannot be read is not compared, with the reason, and the others are", async () => {
	const report = await run({
		tables: async () => [{ ...orders, table: "broken" }, orders],
		compare: async ({ table }) => {
			if (table === "broken") throw new Error("a file of it is missing");
			return { comparison: equal, suspects: undefined };
		},
	});
	expect(report).toMatchObject({
		ok: false,
		tables: [{ table: "broken", state: "not compared", why: "a file of it is missing" }, { state: "equal" }],
	});
});

test("a column that cannot be compared does not prove its table, and is named beside what differs", async () => {
	const notCompared = [{ column: "shape", what: "unknown type hologram" }];
	const unknown = await run({
		compare: async () => ({ comparison: { ...equal, notCompared }, suspects: undefined }),
	});
	expect(unknown).toMatchObject({ ok: false, tables: [{ state: "not compared" }] });
	const counts = { ...equal.counts, changed: 1 };
	expect(foundText({ ...equal, notCompared, counts, state: "different" })).toBe(
		"1 changed; shape was not compared: unknown type hologram",
	);
});
