import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePipeline } from "../../../../../etl/contract/pipeline/parse.ts";
import type { ColumnDefinition, TableCheckpoint } from "./checkpoint.ts";
import { newlyChosen, ruleChanges } from "./ruleChanges.ts";
import { Rules } from "./rules.ts";
import { takeColumns } from "./takeColumns.ts";
import { newTable } from "./taskState.ts";

const name = { schema: "shop", table: "customers" };

function rulesOf(rest: string, schema = "{}"): Rules {
	const pipeline = parsePipeline(`name: own\nsource: { schemas: { shop: ${schema} } }\n${rest}`, "pipeline.yaml");
	return new Rules(pipeline, ["shop"]);
}

const columns = (...names: string[]): ColumnDefinition[] =>
	names.map((column) => ({
		...{ name: column, type: "varchar(40)", nullable: true, defaultsToNull: true },
		...{ charset: "utf8mb4", generated: "" },
	}));

const table = (...names: string[]) => ({ columns: columns(...names), key: ["id"] });
const actions = (taken: { columns: readonly ColumnDefinition[] }) =>
	Object.fromEntries(taken.columns.map(({ name: column, action = "keep", withheld }) => [column, [action, withheld]]));
const masked = rulesOf("tables: { shop.customers: { columns: { ssn: drop, Email: hash } } }");

describe("takeColumns", () => {
	it("drops and hashes by names that are compared without case", () => {
		expect(actions(takeColumns(masked, name, table("id", "SSN", "email", "city"), undefined))).toEqual({
			id: ["keep", undefined],
			SSN: ["drop", undefined],
			email: ["hash", undefined],
			city: ["keep", undefined],
		});
	});

	it("keeps nothing of a dropped column that could hold a value, and no members of a hashed one", () => {
		const read = table("id", "ssn", "email");
		Object.assign(read.columns[1] ?? {}, { type: "enum('clear-a')", generated: "concat('clear-b')" });
		Object.assign(read.columns[2] ?? {}, { type: "set('clear-c')", generated: "upper('clear-d')" });
		const taken = takeColumns(masked, name, read, undefined);
		expect(JSON.stringify(taken)).not.toContain("clear");
		expect(taken.columns[2]?.type).toMatch(/^set\('[0-9a-f]{64}'\)$/);
	});

	it("withholds a column under its new name, time and again, until the definition names it", () => {
		const before = takeColumns(masked, name, table("id", "ssn", "email"), undefined);
		const renamed = takeColumns(masked, name, table("id", "nin", "email"), before, [{ from: "ssn", to: "nin" }]);
		expect(actions(renamed)).toMatchObject({ nin: ["drop", "renamed"] });
		const again = takeColumns(masked, name, table("id", "nin", "email"), renamed);
		expect(actions(again)).toMatchObject({ nin: ["drop", "renamed"] });
		const twice = takeColumns(masked, name, table("id", "x", "email"), again, [{ from: "nin", to: "x" }]);
		expect(actions(twice)).toMatchObject({ x: ["drop", "renamed"] });
		const said = rulesOf("tables: { shop.customers: { columns: { nin: keep, email: hash } } }");
		expect(actions(takeColumns(said, name, table("id", "nin", "email"), again))).toMatchObject({
			nin: ["keep", undefined],
		});
	});

	it("withholds what came while a withheld column left and nobody saw how", () => {
		const before = takeColumns(masked, name, table("id", "ssn", "email"), undefined);
		const later = takeColumns(masked, name, table("id", "email", "one", "two"), before);
		expect(actions(later)).toMatchObject({ one: ["drop", "renamed"], two: ["drop", "renamed"] });
	});

	it("takes in what comes after a withheld column was dropped", () => {
		const before = takeColumns(masked, name, table("id", "ssn", "email"), undefined);
		const less = takeColumns(masked, name, table("id", "email"), before);
		expect(less.gone).toEqual(["ssn"]);
		expect(actions(takeColumns(masked, name, table("id", "email", "nick"), less))).toMatchObject({
			nick: ["keep", undefined],
		});
	});

	it.each([
		["include", "keep", undefined],
		["ignore", "drop", "new"],
	])("of new_columns %s, a later column is: %s", (policy, action, withheld) => {
		const rules = rulesOf("", `{ new_columns: ${policy} }`);
		const before = takeColumns(rules, name, table("id"), undefined);
		const later = takeColumns(rules, name, table("id", "nick"), before);
		expect(actions(later)).toMatchObject({ nick: [action, withheld] });
		expect(actions(takeColumns(rules, name, table("id", "nick"), later))).toEqual(actions(later));
	});

	it("fails by new_columns fail, and withholds what a list does not name", () => {
		const failing = rulesOf("", "{ new_columns: fail }");
		const before = takeColumns(failing, name, table("id"), undefined);
		expect(() => takeColumns(failing, name, table("id", "nick"), before)).toThrow(
			"the column nick was added, and new_columns is fail; say in the definition",
		);
		const listed = rulesOf("tables: { shop.customers: { columns: { include: [id, city] } } }");
		const first = takeColumns(listed, name, table("id", "city", "ssn"), undefined);
		expect(actions(first)).toMatchObject({ ssn: ["drop", undefined] });
		expect(actions(takeColumns(listed, name, table("id", "city", "ssn", "nick"), first))).toMatchObject({
			ssn: ["drop", undefined],
			nick: ["drop", "new"],
		});
	});

	it("refuses a name that is not there, a dropped key, and a hash of what is not text", () => {
		expect(() => takeColumns(masked, name, table("id", "sn", "email"), undefined)).toThrow(
			"the definition names the column ssn, which it does not have; its columns: id, sn, email",
		);
		const key = rulesOf("tables: { shop.customers: { columns: { ID: drop } } }");
		expect(() => takeColumns(key, name, table("id"), undefined)).toThrow("its key column id is withheld");
		const number = table("id", "ssn", "email");
		Object.assign(number.columns[2] ?? {}, { type: "bigint(20)" });
		expect(() => takeColumns(masked, name, number, undefined)).toThrow(
			"the column email is bigint(20), and hash takes text only",
		);
	});

	it("never lets a withheld column out, whatever is renamed, added and dropped", () => {
		const change = fc.oneof(
			fc.record({ kind: fc.constant("rename" as const), at: fc.nat(5), seen: fc.boolean() }),
			fc.record({ kind: fc.constant("add" as const), at: fc.nat(5), seen: fc.boolean() }),
			fc.record({ kind: fc.constant("drop" as const), at: fc.nat(5), seen: fc.boolean() }),
		);
		fc.assert(
			fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
				// Of each column: its name, and whether it holds secrets.
				let now = [
					{ name: "id", isSecret: false },
					{ name: "ssn", isSecret: true },
					{ name: "email", isSecret: true },
				];
				let known = takeColumns(masked, name, table(...now.map((one) => one.name)), undefined);
				let number = 0;
				for (const { kind, at, seen } of changes) {
					number += 1;
					const target = now[1 + (at % Math.max(1, now.length - 1))];
					let renamed: { from: string; to: string }[] = [];
					if (kind === "add") now = [...now, { name: `c${number}`, isSecret: false }];
					else if (target !== undefined && target.name !== "id") {
						if (kind === "drop") now = now.filter((one) => one !== target);
						else {
							now = now.map((one) => (one === target ? { ...one, name: `c${number}` } : one));
							if (seen) renamed = [{ from: target.name, to: `c${number}` }];
						}
					}
					known = takeColumns(masked, name, table(...now.map((one) => one.name)), known, renamed);
					for (const { name: column, isSecret } of now) {
						if (isSecret) expect(known.columns.find((one) => one.name === column)?.action).toBeDefined();
					}
				}
			}),
		);
	});
});

describe("rule changes", () => {
	const loaded = (rules: Rules, ...names: string[]): TableCheckpoint => ({
		...newTable(name, "Table completed"),
		...takeColumns(rules, name, table(...names), undefined),
	});

	it.each([
		["the same", "tables: { shop.customers: { columns: { ssn: drop, Email: hash } } }", []],
		["no mask any more", "", ["ssn: keep, before drop", "email: keep, before hash"]],
		["another mask", "tables: { shop.customers: { columns: { ssn: hash, email: hash } } }", ["ssn: hash, before drop"]],
		[
			"one for all tables",
			"defaults: { columns: { city: drop, ssn: drop, email: hash } }",
			["city: drop, before keep"],
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
			{ schema: "shop", table: "customers", what: "left out" },
		]);
		const capitals = rulesOf("", "{ tables: [CUST*] }");
		expect(ruleChanges(capitals, [loaded(rulesOf(""), "id")], true)).toEqual([]);
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
});
