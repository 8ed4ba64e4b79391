import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePipeline } from "../../../../../etl/contract/pipeline/parse.ts";
import type { ColumnDefinition } from "./checkpoint.ts";
import { ruleChanges } from "./ruleChanges.ts";
import { Rules } from "./rules.ts";
import type { Renamed, TableBefore } from "./tableHistory.ts";
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

	it("withholds a column that has taken the name of one of which keep was said, until that is said again", () => {
		const kept = rulesOf("tables: { shop.customers: { columns: { ssn: drop, city: keep } } }");
		const before = takeColumns(kept, name, table("id", "ssn", "city"), undefined);
		const swap = [
			{ from: "ssn", to: "city" },
			{ from: "city", to: "ssn" },
		];
		const swapped = takeColumns(kept, name, table("id", "city", "ssn"), before, swap);
		expect(actions(swapped)).toMatchObject({ city: ["drop", "renamed"], ssn: ["drop", undefined] });
		expect(actions(takeColumns(kept, name, table("id", "city", "ssn"), swapped))).toEqual(actions(swapped));
		const loaded = { ...newTable(name, "Table completed"), ...swapped };
		expect(ruleChanges(kept, [loaded])).toEqual([]);
		const { outdated: _, ...column } = swapped.columns[1] ?? {};
		const again = { ...loaded, columns: [{ ...columns("city")[0], ...column } as ColumnDefinition] };
		expect(ruleChanges(kept, [again]).map(({ what }) => what)).toEqual(["city: keep, previously drop"]);
	});

	it("withholds what came while a withheld column left and nobody saw how", () => {
		const before = takeColumns(masked, name, table("id", "ssn", "email"), undefined);
		const later = takeColumns(masked, name, table("id", "email", "one", "two"), before);
		expect(actions(later)).toMatchObject({ one: ["drop", "renamed"], two: ["drop", "renamed"] });
	});

	it("withholds what came where nobody read how, though the withheld column is there: it may be another one", () => {
		const before = takeColumns(masked, name, table("id", "ssn", "email"), undefined);
		const read = table("id", "was_ssn", "ssn", "email");
		expect(actions(takeColumns(masked, name, read, before, [], true))).toMatchObject({
			was_ssn: ["drop", "renamed"],
			ssn: ["drop", undefined],
		});
		expect(actions(takeColumns(masked, name, read, before))).toMatchObject({ was_ssn: ["keep", undefined] });
		const plain = { schema: "shop", table: "plain" };
		const first = takeColumns(masked, plain, table("id", "a"), undefined);
		expect(actions(takeColumns(masked, plain, table("id", "b"), first, [], true))).toMatchObject({
			b: ["keep", undefined],
		});
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
			"the column nick was added, and new_columns is fail: set an action for it in the definition",
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
			"the definition names the column ssn, which the table does not have; its columns: id, sn, email",
		);
		const key = rulesOf("tables: { shop.customers: { columns: { ID: drop } } }");
		expect(() => takeColumns(key, name, table("id"), undefined)).toThrow("its key column id is dropped");
		const number = table("id", "ssn", "email");
		Object.assign(number.columns[2] ?? {}, { type: "bigint(20)" });
		expect(() => takeColumns(masked, name, number, undefined)).toThrow(
			"the column email is bigint(20), but hash applies only to text",
		);
	});

	it("withholds what is computed from a withheld column, by way of another too, and what is not named keep", () => {
		const read = table("id", "ssn", "email", "last4", "masked", "domain", "size");
		const generated = {
			last4: "right(`SSN`,4)",
			masked: 'concat("**", `last4`)',
			domain: "substring_index(`email`,'@',-1)",
			size: "length(`city`)",
		};
		for (const column of read.columns) Object.assign(column, { generated: generated[column.name as "size"] ?? "" });
		const rules = rulesOf("tables: { shop.customers: { columns: { ssn: drop, email: hash, domain: keep } } }");
		const taken = takeColumns(rules, name, read, undefined);
		expect(actions(taken)).toMatchObject({
			last4: ["drop", "generated"],
			masked: ["drop", "generated"],
			domain: ["keep", undefined],
			size: ["keep", undefined],
		});
		expect(JSON.stringify(taken)).not.toContain("right(");
		expect(ruleChanges(rules, [{ ...newTable(name, "Table completed"), ...taken }])).toEqual([]);
		// Loaded by a version that did not look at expressions.
		const published = taken.columns.map((column) =>
			column.name === "last4" ? { ...read.columns[3], ...column, action: undefined } : column,
		);
		const before = { ...newTable(name, "Table completed"), columns: published as ColumnDefinition[], key: ["id"] };
		Object.assign(before.columns[3] ?? {}, { generated: generated.last4 });
		expect(ruleChanges(rules, [before]).map(({ what }) => what)).toEqual(["last4: drop, previously keep"]);
	});

	it("withholds what has a withheld column in its default, and what was computed once and is computed no more", () => {
		const read = table("id", "ssn", "code", "last4");
		Object.assign(read.columns[2] ?? {}, { defaultsTo: "concat('clear',`ssn`)" });
		Object.assign(read.columns[3] ?? {}, { generated: "right(`ssn`,4)" });
		const rules = rulesOf("tables: { shop.customers: { columns: { ssn: drop } } }");
		const taken = takeColumns(rules, name, read, undefined);
		const withheld = { code: ["drop", "generated"], last4: ["drop", "generated"] };
		expect(actions(taken)).toMatchObject(withheld);
		expect(JSON.stringify(taken)).not.toContain("clear");
		const plain = takeColumns(rules, name, table("id", "ssn", "code", "last4"), taken);
		expect(actions(plain)).toMatchObject(withheld);
		const gone = takeColumns(rules, name, table("id", "code", "last4", "city"), plain, [], false);
		expect(actions(gone)).toMatchObject(withheld);
		const said = rulesOf("tables: { shop.customers: { columns: { ssn: drop, last4: keep } } }");
		expect(actions(takeColumns(said, name, read, taken))).toMatchObject({ last4: ["keep", undefined] });
		expect(actions(takeColumns(rulesOf(""), name, read, taken))).toMatchObject({ last4: ["keep", undefined] });
		const other = structuredClone(read);
		Object.assign(other.columns[3] ?? {}, { generated: "upper(`id`)" });
		expect(actions(takeColumns(rules, name, other, taken))).toMatchObject({ last4: ["keep", undefined] });
	});

	it("goes by the rules of a table's former name, until something is said of its columns under the new one", () => {
		const brought = { columns: [], partial: true, origin: name };
		const renamed = { schema: "shop", table: "clients" };
		const taken = takeColumns(masked, renamed, table("id", "ssn", "email", "city"), brought);
		expect(actions(taken)).toMatchObject({ ssn: ["drop", undefined], email: ["hash", undefined] });
		expect(taken.origin).toEqual(name);
		const said = rulesOf(
			"tables: { shop.customers: { columns: { ssn: drop } }, shop.clients: { columns: { email: drop } } }",
		);
		const loaded = { ...newTable(renamed, "Table completed"), ...taken };
		expect(actions(takeColumns(said, renamed, table("id", "ssn", "email"), brought))).toMatchObject({
			ssn: ["keep", undefined],
			email: ["drop", undefined],
		});
		expect(ruleChanges(masked, [loaded])).toEqual([]);
		expect(ruleChanges(said, [loaded]).map(({ what }) => what)).toEqual([
			"ssn: keep, previously drop",
			"email: drop, previously hash",
		]);
		const listed = rulesOf("tables: { shop.customers: { columns: { include: [id] } } }");
		const first = takeColumns(listed, renamed, table("id", "city"), brought);
		expect(actions(first)).toMatchObject({ city: ["drop", undefined] });
	});

	it("never lets a withheld column out, whatever is renamed, added and dropped, and after a reload", () => {
		const names = ["ssn", "email", "a", "b"];
		const change = fc.record({
			kind: fc.constantFrom("rename", "add", "drop", "swap"),
			at: fc.nat(5),
			to: fc.constantFrom(...names),
			seen: fc.boolean(),
		});
		fc.assert(
			fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
				// Of each column, whether it holds secrets.
				let now = new Map([
					["id", false],
					["ssn", true],
					["email", true],
					["a", false],
				]);
				const take = (before?: TableBefore, renamed?: Renamed[]) =>
					takeColumns(masked, name, table(...now.keys()), before, renamed);
				let known = take();
				for (const { kind, at, to, seen } of changes) {
					const from = [...now.keys()][1 + (at % Math.max(1, now.size - 1))];
					let renamed: Renamed[] = [];
					if (kind === "add" && !now.has(to)) now.set(to, to === "ssn" || to === "email");
					if (kind === "drop" && from !== undefined) now.delete(from);
					if (kind === "rename" && from !== undefined && !now.has(to)) renamed = [{ from, to }];
					if (kind === "swap" && from !== undefined && from !== to && now.has(to)) {
						renamed = [
							{ from, to },
							{ from: to, to: from },
						];
					}
					now = new Map(
						[...now].map(([column, isSecret]) => [renamed.find((one) => one.from === column)?.to ?? column, isSecret]),
					);
					// Names that swap where nobody sees it look as before.
					known = take(known, seen || kind === "swap" ? renamed : []);
					for (const reloaded of [known, take(known)]) {
						for (const [column, isSecret] of now) {
							if (isSecret) expect(reloaded.columns.find((one) => one.name === column)?.action).toBeDefined();
						}
					}
				}
			}),
		);
	});
});
