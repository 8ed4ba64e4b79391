import { expect, test } from "vitest";
import { comparedColumn } from "../local/reconcile/comparedColumn.ts";
import { shapeOf } from "./tableShape.ts";

const keep = (name: string, type: string) => ({ name, type, action: "keep" as const });

test("columns that are missing, too many, of another type, withheld and yet there, and of types not known are named", () => {
	const shape = shapeOf(
		[
			keep("Id", "int(11)"),
			keep("gone", "text"),
			keep("price", "decimal(10,2)"),
			{ name: "secret", type: "text", action: "drop" },
			{ name: "mail", type: "varchar(50)", action: "hash" },
			keep("odd", "hologram"),
			keep("BI_id", "int"),
			keep("BI_secret", "int"),
		],
		["Id"],
		[
			{ name: "id", type: "int" },
			{ name: "price", type: "decimal(10,1)" },
			{ name: "SECRET", type: "string" },
			{ name: "mail", type: "string" },
			{ name: "old", type: "int" },
			// Beside the before image of a column that replication takes.
			{ name: "_x0042_i_id", type: "int" },
			{ name: "bi_secret", type: "int" },
		],
		comparedColumn,
	);
	expect(shape).toMatchObject({
		key: [0],
		withheld: ["secret"],
		differences: [
			{ column: "gone", what: "missing in the lake" },
			{ column: "price", what: "decimal(10,1) in the lake, expected decimal(10,2)" },
			{ column: "secret", what: "in the lake, although the definition excludes it" },
			{ column: "old", what: "not at the source" },
		],
		notCompared: [{ column: "odd", what: "unknown type hologram" }],
	});
	expect(shape.columns.map(({ name }) => name)).toEqual(["Id", "price", "mail", "BI_id", "BI_secret"]);
	expect(shape.columns.map(({ lakeSql }) => lakeSql).slice(3)).toEqual(['"_x0042_i_id"', '"bi_secret"']);
	expect(shape.columns[2]?.select).toBe("UPPER(SHA2(CONVERT(`mail` USING utf8mb4), 256))");
});

test.for([
	[[], "no key"],
	[["id", "secret"], "a key that is not in the lake as a whole"],
] as const)("%s: the rows are a bag (%s)", ([key]) => {
	const source = [keep("id", "int"), { name: "secret", type: "int", action: "drop" as const }];
	expect(shapeOf(source, key, [{ name: "id", type: "int" }], comparedColumn).key).toEqual([]);
});
