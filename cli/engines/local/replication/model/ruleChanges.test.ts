import { describe, expect, it } from "vitest";
import { FakeReader, FakeSource, rulesOf as rulesOfDefinition } from "../../../../../tests/support/fakeReader.ts";
import type { ColumnDefinition, TableCheckpoint } from "./checkpoint.ts";
import { newlyChosen, ruleChanges } from "./ruleChanges.ts";
import type { Rules } from "./rules.ts";
import { afterChanges, withoutLeft } from "./tableHistory.ts";
import { takeColumns } from "./takeColumns.ts";
import { newTable } from "./taskState.ts";

const name = { schema: "shop", table: "customers" };
const rulesOf = (rest: string, schema = "{}"): Rules =>
	rulesOfDefinition(`source: { schemas: { shop: ${schema} } }\n${rest}`);
const columns = (...names: string[]): ColumnDefinition[] =>
	names.map((column) => ({
		...{ name: column, type: "varchar(40)", nullable: true, defaultsToNull: true },
		...{ charset: "utf8mb4", generated: "" },
	}));
const table = (...names: string[]) => ({ columns: columns(...names), key: ["id"] });
const masked = rulesOf("tables: { shop.customers: { columns: { ssn: drop, Email: hash } } }");

describe("rule changes", () => {
	const loaded = (rules: Rules, ...names: string[]): TableCheckpoint => ({
		...newTable(name, "Table completed"),
		...takeColumns(rules, name, table(...names), undefined),
	});

	it.each([
		["the same", "tables: { shop.customers: { columns: { ssn: drop, Email: hash } } }", []],
		["no mask any more", "", ["ssn: keep, previously drop", "email: keep, previously hash"]],
		[
			"another mask",
			"tables: { shop.customers: { columns: { ssn: hash, email: hash } } }",
			["ssn: hash, previously drop"],
		],
		[
			"one for all tables",
			"defaults: { columns: { city: drop, ssn: drop, email: hash } }",
			["city: drop, previously keep"],
		],
	])("are, for %s, %j", (_, rest, expected) => {
		const found = ruleChanges(rulesOf(rest), [loaded(masked, "id", "ssn", "email", "city")]);
		expect(found.map(({ what }) => what)).toEqual(expected);
	});

	it("are a table that is left out, and none for a column that stays withheld", () => {
		const before = loaded(masked, "id", "ssn", "email");
		const renamed = takeColumns(masked, name, table("id", "nin", "email"), before, [{ from: "ssn", to: "nin" }]);
		expect(ruleChanges(masked, [{ ...before, ...renamed }])).toEqual([]);
		expect(ruleChanges(rulesOf("", "{ tables: { exclude: [cust*] } }"), [before])).toEqual([
			{ schema: "shop", table: "customers", what: "excluded" },
		]);
		const capitals = rulesOf("", "{ tables: [CUST*] }");
		expect(ruleChanges(capitals, [loaded(rulesOf(""), "id")], true)).toEqual([]);
	});

	it("are a column that left before it was withheld: files have its values until the table is purged", () => {
		const before = loaded(masked, "id", "ssn", "email", "phone", "city");
		const dropped = afterChanges(masked, name, before, { renamed: [{ from: "city", to: "town" }], dropped: ["phone"] });
		const now = { ...before, ...takeColumns(masked, name, table("id", "ssn", "email", "town"), dropped) };
		expect(ruleChanges(masked, [now])).toEqual([]);
		const later = rulesOf("tables: { shop.customers: { columns: { ssn: drop, email: hash, phone: drop } } }");
		expect(ruleChanges(later, [now]).map(({ what }) => what)).toEqual(["phone: drop, previously keep"]);
		expect(ruleChanges(rulesOf("defaults: { columns: { city: hash } }"), [now]).map(({ what }) => what)).toContain(
			"city: hash, previously keep",
		);
		const reloaded = withoutLeft(takeColumns(later, name, table("id", "ssn", "email", "town"), now));
		expect(ruleChanges(later, [{ ...newTable(name, "Table completed"), ...reloaded }])).toEqual([]);
		expect(takeColumns(later, name, table("id", "ssn", "email", "town"), reloaded).gone).toContain("phone");
		// It may be there under its new name.
		const wrong = rulesOf("tables: { shop.customers: { columns: { city: drop } } }");
		expect(() => takeColumns(wrong, name, table("id", "town"), now)).toThrow("names the column city");
	});

	it("load tables that the patterns fit now and did not before, and no others", () => {
		const existing = ["customers", "orders", "tmp_a"].map((one) => ({ schema: "shop", table: one }));
		const known = new Map([["shop.customers", loaded(rulesOf(""), "id")]]);
		const before = rulesOf("", "{ tables: [customers] }").chosen;
		const now = rulesOf("", "{ tables: { exclude: [tmp_*] } }");
		expect(newlyChosen(now, before, existing, known, false)).toEqual([{ schema: "shop", table: "orders" }]);
		// One that was made later and comes by the binlog.
		expect(newlyChosen(now, now.chosen, existing, known, false)).toEqual([]);
	});

	it("are a table that is not there any more, by its own name or by one that it had later", async () => {
		const source = new FakeSource();
		source.tables.set("shop.customers", ["ssn", "email", "city"]);
		source.tables.set("shop.old", ["city"]);
		const reader = new FakeReader(source, masked);
		for (const one of reader.state.tables.values()) one.fullLoadRows = 1;
		const rename = (from: string, to: string): Promise<void> => {
			source.execute(`RENAME TABLE ${from} TO ${to}`, (tables) => {
				tables.set(`shop.${to}`, tables.get(`shop.${from}`) ?? []);
				tables.delete(`shop.${from}`);
			});
			return reader.next();
		};
		await rename("customers", "people");
		await rename("people", "clients");
		source.execute("DROP TABLE old", (tables) => void tables.delete("shop.old"));
		await reader.next();
		const changes = (rules: Rules): string[] =>
			ruleChanges(rules, reader.checkpoint.tables, false, reader.checkpoint.former).map(
				({ table: one, what }) => `${one} ${what}`,
			);
		expect(changes(masked)).toEqual([]);
		const all = "shop.customers: { columns: { ssn: drop, email: hash } }";
		expect(
			changes(rulesOf(`tables: { ${all}, shop.clients: { columns: { ssn: drop, email: hash, city: drop } } }`)),
		).toEqual(["clients city: drop, previously keep", "customers city: drop, previously keep"]);
		const later = rulesOf(`tables: { ${all}, shop.old: { columns: { city: hash } } }`);
		expect(changes(later)).toEqual(["old city: hash, previously keep"]);
		await reader.reload([], new Set(["shop.old"]));
		expect(changes(later)).toEqual([]);
	});
});
