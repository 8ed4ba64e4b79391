import { describe, expect, it } from "vitest";
import type { Overview, TableView } from "../../data.ts";
import { facts, freshness, rulesText, waitingText } from "./head.ts";
import { listed } from "./tables.ts";

const tables: TableView[] = [
	{ name: "orders", rows: 5, newest: "2026-11-20T01:00:00.000Z" },
	{ name: "order_lines", rows: 50 },
	{ name: "customers", rows: 7, newest: "2026-11-21T01:00:00.000Z" },
];
const names = (...asked: Parameters<typeof listed>) => listed(...asked).map(({ name }) => name);

describe("the list of tables", () => {
	it("is sorted by a column, tables without a value last", () => {
		expect(names(tables, "", { column: 3, descending: true })).toEqual(["customers", "orders", "order_lines"]);
		expect(names(tables, "", { column: 3, descending: false })).toEqual(["orders", "customers", "order_lines"]);
		expect(names(tables, "", { column: 1, descending: true })).toEqual(["order_lines", "customers", "orders"]);
	});

	it("is searched by words", () => {
		expect(names(tables, "ORDER", { column: 0, descending: false })).toEqual(["order_lines", "orders"]);
		expect(names(tables, "lin ord", { column: 0, descending: false })).toEqual(["order_lines"]);
	});
});

it("says in one line which charts wait for which tables", () => {
	expect(waitingText([])).toBe("");
	expect(waitingText([{ title: "A", tables: ["orders"] }])).toBe(
		"1 chart needs a table that is not available yet: orders.",
	);
	const many = [
		{ title: "A", tables: ["b", "a"] },
		{ title: "B", tables: ["a"] },
	];
	expect(waitingText(many)).toBe("2 charts need tables that are not available yet: a, b.");
});

it("counts broken rules by what they do", () => {
	const rule = (severity: "error" | "warn") => ({ table: "t", rule: "r", severity, failedRows: 1 });
	expect(rulesText([rule("error"), rule("warn"), rule("warn")])).toBe(
		"The last run broke 1 rule, whose tables keep their previous state, and 2 rules of severity warn.",
	);
	expect(rulesText([rule("warn")])).toBe("The last run broke 1 rule of severity warn.");
});

it("looks good only where the data are known to be new", () => {
	const asOf = "2026-11-21T01:00:00.000Z";
	expect(freshness({ asOf, behind: false })).toBe("good");
	expect(freshness({ asOf, behind: true })).toBe("stale");
	expect(freshness({ asOf })).toBe("unknown");
	expect(freshness({ behind: false })).toBe("unknown");
});

it("says of the pipeline what is not as it should be", () => {
	const overview: Overview = {
		behind: false,
		stale: [],
		replication: { ok: true, value: { state: "failed", text: "Stopped", lastError: "no route" } },
		runs: { ok: true, value: [{ runId: "r", state: "quality_failed", rowsWritten: 0, failures: [], rules: [] }] },
		tables: { ok: true, value: [] },
		changes: { rows: 0, columns: [] },
	};
	expect(facts(overview)).toEqual([
		{ term: "Replication", text: "failed: Stopped", mood: "bad" },
		{ term: "Last error", text: "no route", mood: "bad" },
		{ term: "Last run", text: "broke quality rules", mood: "bad" },
	]);
	expect(facts({ ...overview, replication: { ok: false, why: "no source" } })[0]).toMatchObject({
		text: "no source",
		mood: "bad",
	});
});
