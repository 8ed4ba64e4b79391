import { describe, expect, it } from "vitest";
import { wrapProse } from "./prose.ts";

const wrap = (text: string, width = 40): string => wrapProse(text, width, "npx pipeline-cli");

describe("sentences on a narrow terminal", () => {
	it("are broken between words, and indented as their line is", () => {
		expect(wrap("2 columns may hold personal data: Büro-Shop.Customers.E-Mail, Büro-Shop.Customers.birthday")).toBe(
			"2 columns may hold personal data:\nBüro-Shop.Customers.E-Mail,\nBüro-Shop.Customers.birthday",
		);
		expect(wrap("  why:  Available: monthly_revenue, order_funnel, top_customers.")).toBe(
			"  why:  Available: monthly_revenue,\n        order_funnel, top_customers.",
		);
		expect(wrap("✓ First run of the jobs done: apply-changes, build-models (7.8 s)")).toBe(
			"✓ First run of the jobs done:\n  apply-changes, build-models (7.8 s)",
		);
		expect(wrap("    What replication brought: rows of each table's change log.")).toBe(
			"    What replication brought: rows of\n    each table's change log.",
		);
	});
	it("count letters of East Asia as two, and colours as none", () => {
		expect(wrap("日本語の表 日本語の表 日本語の表 日本語の表 日本語", 22)).toBe(
			"日本語の表 日本語の表\n日本語の表 日本語の表\n日本語",
		);
		expect(wrap("\u001b[33mwarning:\u001b[39m A table that cannot be read is named.", 40)).toBe(
			"\u001b[33mwarning:\u001b[39m A table that cannot be read is\n         named.",
		);
	});
	it.each([
		"  npx pipeline-cli up --pipeline pipelines/shop2 --source-url mysql://repl@127.0.0.1",
		"  next: npx pipeline-cli replication status and so on, as it is",
		"  fix:  GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'repl'@'%';",
		"replication     running  Load complete, replication ongoing, 100 %",
		"/tmp/a/path/without/any/blank/that/is/longer/than/the/line.sql",
	])("leave what is pasted or read in columns: %s", (line) => {
		expect(wrap(line)).toBe(line);
	});
	it("keep calls of the program and what is in backticks together", () => {
		expect(wrap("The definition has changed since then. See: npx pipeline-cli replication status")).toBe(
			"The definition has changed since then.\nSee: npx pipeline-cli replication status",
		);
		expect(wrap("Change the interval of the schedule by `up the long way`, or stop it.")).toBe(
			"Change the interval of the schedule by\n`up the long way`, or stop it.",
		);
	});
	it("are whole where there is no terminal", () => {
		const long = "word ".repeat(100);
		expect(wrapProse(long, Number.POSITIVE_INFINITY, "pipeline-cli")).toBe(long);
	});
});
