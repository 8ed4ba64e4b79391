import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { cases } from "../../../../../tests/support/cases.ts";
import { FakeReader, FakeSource, nameOf, rulesOf } from "../../../../../tests/support/fakeReader.ts";
import { alter, type Change, rename, Secrets } from "../../../../../tests/support/secretColumns.ts";
import { ruleChanges } from "../model/ruleChanges.ts";
import { takenColumns } from "./takenColumns.ts";

const rules = rulesOf(`source: { schemas: { shop: { tables: { exclude: [tmp_*] } } } }
defaults: { columns: { pin: drop } }
tables: { shop.customers: { columns: { ssn: drop, email: hash } }, shop.listed: { columns: { include: [id, city] } } }`);

/** Secrets that a file would have if rows came now, and that the tables were loaded with. */
function leaks(secrets: Secrets, reader: FakeReader): string[] {
	const found: string[] = [];
	const now = secrets.history[reader.read] ?? new Map();
	for (const table of reader.state.tables.values()) {
		const columns = now.get(table.table);
		if (columns === undefined || table.state === "Table error" || reader.isLoaded(table)) continue;
		const source = {
			...{ schema: table.schema, table: table.table, key: ["id"] },
			columns: [...columns.keys()].map((name) => ({ name, type: "varchar(40)" })),
		};
		for (const { name, action } of takenColumns(source, table, reader.state.historyOf(table), rules)) {
			if (columns.get(name) === true && action === undefined) found.push(`rows of ${table.table}.${name}`);
		}
		if (table.loadedAt !== undefined || table.definedAt !== undefined) continue;
		for (const { name, action } of table.columns) {
			if (columns.get(name) === true && action === undefined) found.push(`${table.table}.${name}`);
		}
	}
	return found;
}

type Way = "as they come" | "late" | "loaded ahead" | "saved, then killed";

/** Has changes made and read. @returns what leaked, with the change after which it did. */
async function run(
	tables: Record<string, string[]>,
	changes: readonly Change[],
	way: Way,
): Promise<{ reader: FakeReader; secrets: Secrets; found: string[] }> {
	const secrets = new Secrets(rules, tables);
	const reader = new FakeReader(secrets.source, rules);
	const found: string[] = [];
	const read = async (): Promise<void> => {
		await reader.next();
		await reader.publish();
		found.push(...leaks(secrets, reader).map((leak) => `${leak} after ${secrets.source.log[reader.read - 1]}`));
	};
	/** From a snapshot behind all changes: its files are there before they are read. */
	const reloadAll = async (): Promise<void> => {
		await reader.reload([...reader.state.tables.keys()]);
		const now = secrets.history.at(-1);
		for (const { table, columns, state } of reader.state.tables.values()) {
			for (const { name, action } of state === "Table error" ? [] : columns) {
				if (now?.get(table)?.get(name) === true && action === undefined) found.push(`files of ${table}.${name}`);
			}
		}
	};
	for (const change of changes) {
		if (!secrets.apply(change)) continue;
		if (way === "as they come") await read();
		if (way === "saved, then killed") {
			secrets.source.failure = Object.assign(new Error("gone"), { code: "ECONNRESET" });
			await reader.next(true).catch(() => undefined);
			secrets.source.failure = undefined;
			await reader.restart();
			found.push(...leaks(secrets, reader).map((leak) => `${leak} after ${secrets.source.log[reader.read - 1]}`));
		}
	}
	if (way === "loaded ahead") await reloadAll();
	while (reader.read < secrets.source.log.length) {
		await read();
		if (way === "loaded ahead" && reader.read === 2) await reloadAll();
	}
	return { reader, secrets, found };
}

const ways: Way[] = ["as they come", "late", "loaded ahead", "saved, then killed"];
const shop = { customers: ["ssn", "email", "city"], listed: ["city", "note"], b: ["city"] };
const swap = [
	["ssn", "city"],
	["city", "ssn"],
] as const;

describe.each<[string, ...Change[]]>([
	["a rename beside a new column of the old name", alter("customers", { renames: [["ssn", "x"]], adds: ["ssn"] })],
	["names that swap", alter("customers", { renames: [...swap] })],
	[
		"names that swap, twice",
		alter("customers", { renames: [...swap] }),
		alter("customers", { renames: [["city", "x"]] }),
	],
	[
		"renames one after the other",
		alter("customers", { renames: [["ssn", "x"]] }),
		alter("customers", { renames: [["x", "y"]], adds: ["x"] }),
		alter("customers", { renames: [["y", "z"]], adds: ["y"] }),
	],
	["a dropped column whose name is taken", alter("customers", { drops: ["city"], renames: [["ssn", "city"]] })],
	["tables that swap", rename(["customers", "tmp_x"], ["b", "customers"], ["tmp_x", "b"])],
	["a way by a name that is left out", rename(["customers", "tmp_x"]), rename(["tmp_x", "c"])],
	[
		"a column renamed on such a way",
		rename(["customers", "tmp_x"]),
		alter("tmp_x", { renames: [["ssn", "x"]], adds: ["ssn"] }),
		rename(["tmp_x", "c"]),
	],
	["names that follow each other", rename(["customers", "c"], ["b", "customers"], ["c", "d"])],
	[
		"a table that came later",
		{ kind: "create", table: "c", columns: ["pin", "city"] },
		alter("c", { renames: [["pin", "x"]] }),
		alter("c", { renames: [["x", "y"]], adds: ["x"] }),
		alter("c", { renames: [["y", "city"]], drops: ["city"] }),
	],
	["a name that a list has", alter("listed", { drops: ["city"] }), alter("listed", { renames: [["note", "city"]] })],
	[
		"a name of a list that swaps",
		alter("listed", {
			renames: [
				["note", "city"],
				["city", "note"],
			],
		}),
	],
	[
		"a column that was added before a name of which something else is said",
		alter("listed", { adds: ["x"] }),
		rename(["customers", "tmp_x"], ["listed", "customers"]),
		rename(["customers", "c"]),
	],
	["a list of columns under another name", rename(["listed", "c"]), alter("c", { adds: ["later"] })],
])("what is withheld stays so: %s", (_, ...changes) => {
	it.each(ways)("%s", async (way) => {
		const { found, secrets, reader } = await run(shop, changes, way);
		expect(secrets.source.log).toHaveLength(changes.length);
		expect(found).toEqual([]);
		expect([...reader.state.tables.values()].flatMap(({ error }) => error ?? [])).toEqual([]);
	});
});

const columnName = fc.constantFrom("ssn", "pin", "city", "x");
const tableName = fc.constantFrom("customers", "listed", "b", "tmp_x");
const pair = fc.tuple(columnName, columnName);
const anyChange = fc.oneof(
	fc
		.record({
			table: tableName,
			renames: fc.array(pair, { maxLength: 3 }),
			adds: fc.array(columnName, { maxLength: 1 }),
			drops: fc.array(columnName, { maxLength: 1 }),
		})
		.map(({ table, ...more }) => alter(table, more)),
	fc
		.array(fc.tuple(tableName, fc.oneof(tableName, fc.constantFrom("c", "tmp_y"))), { minLength: 1, maxLength: 3 })
		.map((pairs) => rename(...pairs)),
);

test.each(ways)("nothing that is withheld gets out by any changes of names, %s", async (way) => {
	await fc.assert(
		fc.asyncProperty(fc.array(anyChange, { minLength: 1, maxLength: 12 }), async (changes) => {
			const { found } = await run(shop, changes, way);
			expect(found).toEqual([]);
		}),
		{ numRuns: cases(600) },
	);
});

it("withholds what a list left out after a rename, under the names of other tables, too", async () => {
	const changes = [
		alter("listed", { renames: [["city", "x"]] }),
		rename(["customers", "c"], ["listed", "tmp_x"], ["tmp_x", "customers"]),
		rename(["customers", "c"]),
	];
	for (const way of ways) expect((await run(shop, changes, way)).found, way).toEqual([]);
});

it("withholds of a table that comes by a name that is left out what the one before it withheld", async () => {
	const changes = [
		rename(["b", "tmp_x"]),
		alter("customers", { drops: ["city"] }),
		rename(["customers", "c"], ["tmp_x", "b"], ["b", "customers"]),
	];
	const { reader, secrets } = await run(shop, changes, "as they come");
	expect([...secrets.hidden]).toEqual(["customers"]);
	expect(reader.actions("customers")).toEqual({ id: "keep", city: "drop" });
});

test("what is not withheld is kept", async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(anyChange, { minLength: 1, maxLength: 8 }), async (changes) => {
			const { reader, secrets } = await run(shop, changes, "as they come");
			for (const [table, columns] of secrets.history.at(-1) ?? []) {
				if (reader.state.tables.get(`shop.${table}`)?.state !== "Table completed") continue;
				// One that comes out of nowhere may be a copy of the one whose name it takes, and is withheld as that was.
				if (secrets.hidden.has(table)) continue;
				for (const [name, isSecret] of columns) {
					if (name === "city" && !isSecret)
						expect(reader.actions(table), nameOf(table).table).toMatchObject({ city: "keep" });
				}
			}
		}),
		{ numRuns: cases(300) },
	);
});

describe("rows that come while a purge is pending", () => {
	const source = {
		...{ schema: "shop", table: "customers", key: ["id"] },
		columns: ["id", "ssn", "email", "city", "last4"].map((name) => ({ name, type: "varchar(40)" })),
	};
	const loadedBy = (before: string): FakeReader => {
		const shopSource = new FakeSource();
		shopSource.tables.set("shop.customers", ["ssn", "email", "city", "last4"]);
		shopSource.generated.set("last4", "right(`ssn`, 4)");
		return new FakeReader(shopSource, rulesOf(`source: { schemas: { shop: {} } }\n${before}`));
	};

	it.each([
		["a stricter rule holds already", "", { ssn: "drop", email: "hash", last4: "drop" }],
		[
			"a rule that was taken back still holds",
			"tables: { shop.customers: { columns: { city: drop, email: drop } } }",
			{ ssn: "drop", email: "drop", city: "drop", last4: "drop" },
		],
		[
			"a list that is no more still holds",
			"tables: { shop.customers: { columns: { include: [id] } } }",
			{ ssn: "drop", email: "drop", city: "drop", last4: "drop" },
		],
	])("%s", (_, before, expected) => {
		const table = loadedBy(before).state.tables.get("shop.customers");
		if (table === undefined) throw new Error("no table");
		const taken = takenColumns(source, table, undefined, rules);
		expect(Object.fromEntries(taken.flatMap(({ name, action }) => (action ? [[name, action]] : [])))).toEqual(expected);
	});
});

test("a purge empties the folder of a table that cannot be loaded, and no rule counts as changed then", async () => {
	const source = new FakeSource();
	source.tables.set("shop.customers", ["ssn", "email", "op"]);
	const before = rulesOf("source: { schemas: { shop: {} } }");
	const reader = new FakeReader(source, before);
	source.tables.set("shop.customers", ["ssn", "mail", "op"]);
	Object.assign(reader.parts, { rules });
	await reader.reload(["shop.customers"]);
	expect(reader.cleared).toEqual([]);
	expect(ruleChanges(rules, reader.checkpoint.tables).map(({ what }) => what)).toContain("ssn: drop, previously keep");
	await reader.reload(["shop.customers"], new Set(["shop.customers"]));
	expect(reader.cleared).toEqual(["shop/customers"]);
	expect(reader.checkpoint.tables).toMatchObject([
		{ state: "Table error", error: expect.stringContaining("names the column email, which the table does not have") },
	]);
	expect(ruleChanges(rules, reader.checkpoint.tables)).toEqual([]);
});
