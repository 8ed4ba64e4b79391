import { describe, expect, test } from "vitest";
import type { ColumnDefinition } from "../model/checkpoint.ts";
import type { TableSchema } from "../mysql/tableSchema.ts";
import type { Alteration } from "./alter.ts";
import { schemaChange } from "./schemaChange.ts";

const column = (name: string, type: string, more: Partial<ColumnDefinition> = {}): ColumnDefinition => ({
	...{ name, type, nullable: true, defaultsToNull: true, charset: null, generated: "" },
	...more,
});
const id = column("id", "int(11)", { nullable: false, defaultsToNull: false });
const a = column("a", "varchar(10)", { charset: "utf8mb4" });
const b = column("b", "int(11)");
const tableOf = (...columns: ColumnDefinition[]): TableSchema => ({ columns, key: ["id"] });
const does = (alteration: Partial<Alteration> = {}): Alteration => ({
	added: [],
	dropped: [],
	renamed: [],
	opaque: false,
	...alteration,
});

describe("what an ALTER asks of replication", () => {
	test.each<[string, TableSchema, Alteration, string]>([
		["nothing of columns", tableOf(id, a, b), does(), "none"],
		["a longer text", tableOf(id, { ...a, type: "varchar(200)" }, b), does(), "none"],
		["a shorter text", tableOf(id, { ...a, type: "varchar(5)" }, b), does(), "reload"],
		["another type", tableOf(id, a, { ...b, type: "bigint(20)" }), does(), "reload"],
		["another character set", tableOf(id, { ...a, charset: "latin1" }, b), does(), "reload"],
		["null allowed no more", tableOf(id, a, { ...b, nullable: false, defaultsToNull: false }), does(), "reload"],
		["a default only", tableOf(id, a, { ...b, defaultsToNull: false }), does(), "none"],
		["a dropped column", tableOf(id, a), does({ dropped: ["B"] }), "schema"],
		["a new column of nulls in the middle", tableOf(id, column("c", "date"), a, b), does(), "schema"],
		[
			"a new column with a default",
			tableOf(id, a, b, column("c", "int(11)", { defaultsToNull: false })),
			does(),
			"reload",
		],
		["one dropped, one added", tableOf(id, a, column("c", "int(11)")), does({ dropped: ["b"] }), "reload"],
		["dropped and added again", tableOf(id, a, b), does({ dropped: ["b"] }), "reload"],
		["one rename", tableOf(id, { ...a, name: "title" }, b), does({ renamed: [{ from: "a", to: "title" }] }), "schema"],
		[
			"a rename and a move",
			tableOf(id, b, { ...a, name: "title" }),
			does({ renamed: [{ from: "a", to: "title" }] }),
			"reload",
		],
		[
			"a rename of the key",
			tableOf({ ...id, name: "no" }, a, b),
			does({ renamed: [{ from: "id", to: "no" }] }),
			"reload",
		],
		[
			"names swapped",
			tableOf(id, { ...a, name: "b" }, { ...b, name: "a" }),
			does({
				renamed: [
					{ from: "a", to: "b" },
					{ from: "b", to: "a" },
				],
			}),
			"reload",
		],
		["another order", tableOf(id, b, a), does(), "reload"],
		["a column that nobody announced is gone", tableOf(id, a), does(), "reload"],
		["no key any more", { columns: [id, a, b], key: [] }, does(), "reload"],
		["another key", { columns: [id, a, b], key: ["a"] }, does(), "reload"],
		["one more column in the key", { columns: [id, a, b], key: ["id", "b"] }, does(), "reload"],
		["what is not understood", tableOf(id, a, b), does({ opaque: true }), "reload"],
	])("%s", (_, after, alteration, change) => {
		expect(schemaChange(tableOf(id, a, b), after, alteration)).toBe(change);
	});

	test("an ENUM may get values at its end", () => {
		const before = column("e", "enum('a','b')");
		expect(schemaChange(tableOf(id, before), tableOf(id, column("e", "enum('a','b','c')")), does())).toBe("none");
		expect(schemaChange(tableOf(id, before), tableOf(id, column("e", "enum('b','a')")), does())).toBe("reload");
		expect(schemaChange(tableOf(id, before), tableOf(id, column("e", "enum('a','b','')")), does())).toBe("reload");
	});
});
