import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelDefinition } from "../contract/datasets.ts";
import { datasetsDocument } from "../contract/datasets.ts";
import { DefinitionError } from "../contract/pipeline/mistakes.ts";
import { parsePipeline } from "../contract/pipeline/parse.ts";
import type { KnownTable } from "./names.ts";
import { readModels } from "./readModels.ts";

const pipeline = parsePipeline(
	`name: shop
source: { schemas: { shop: { tables: { exclude: ["tmp_*"] } }, archive: } }
defaults: { severity: warn }
tables: { archive.orders: { alias: old_orders } }
clicks: { schema: { productid: int } }
jobs: [{ name: star, script: star.py, reads: [processed/current], writes: [processed/star], tables: { Facts: } }]
`,
	"pipeline.yaml",
);
const tables: KnownTable[] = [
	{ schema: "shop", table: "Orders", name: "orders" },
	{ schema: "shop", table: "customers", name: "customers" },
	{ schema: "archive", table: "orders", name: "old_orders" },
];

/** @param known nobody: nobody has looked at the server. */
function read(files: Record<string, string>, known: readonly KnownTable[] | "nobody" = tables): ModelDefinition[] {
	const list = Object.entries(files).map(([name, content]) => ({ file: `models/${name}.sql`, content }));
	return readModels(list, { pipeline, tables: known === "nobody" ? undefined : known });
}

function said(files: Record<string, string>): string[] {
	try {
		read(files);
	} catch (error) {
		if (error instanceof DefinitionError) return error.message.split("\n");
		throw error;
	}
	return [];
}

describe("models", () => {
	it("have what their header and their SQL say", () => {
		const files = {
			revenue: [
				"-- description: Revenue by month",
				"-- primary_key: [month]",
				"-- rules:",
				"--   - not_null: revenue",
				"--   - { range: { column: revenue, min: 0 }, severity: error, description: Nobody gives money back }",
				"--   - relationships: { column: customer, to: best, field: id }",
				"--   - relationships: { column: customer, to: customers, field: id }",
				"-- tags: [finance]",
				"",
				"SELECT month, sum(amount) AS revenue FROM Orders JOIN best USING (id) JOIN clickstream_data;",
			].join("\n"),
			best: "/* The best of all customers. */\nSELECT * FROM customers_changes",
		};
		const models = read(files);
		expect(models.map(({ name }) => name)).toEqual(["best", "revenue"]);
		expect(models[0]).toMatchObject({ description: "The best of all customers.", key: [], rules: [], after: [] });
		expect(models[1]).toEqual({
			name: "revenue",
			file: "models/revenue.sql",
			description: "Revenue by month",
			tags: ["finance"],
			sql: `${"\n".repeat(9)}SELECT month, sum(amount) AS revenue FROM Orders JOIN best USING (id) JOIN clickstream_data`,
			key: ["month"],
			rules: [
				{ kind: "not_null", columns: ["month"], severity: "error" },
				{ kind: "unique", columns: ["month"], severity: "error" },
				{ kind: "not_null", columns: ["revenue"], severity: "warn" },
				{ kind: "range", column: "revenue", min: 0, severity: "error", description: "Nobody gives money back" },
				{
					kind: "relationships",
					column: "customer",
					to: { schema: "models", table: "best" },
					field: "id",
					severity: "warn",
				},
				{
					kind: "relationships",
					column: "customer",
					to: { schema: "shop", table: "customers" },
					field: "id",
					severity: "warn",
				},
			],
			references: [
				{ name: "Orders", line: 10, column: 43 },
				{ name: "best", line: 10, column: 55 },
				{ name: "clickstream_data", line: 10, column: 76 },
			],
			after: ["best"],
		});
		const written: unknown = JSON.parse(JSON.stringify({ datasets: [], models }));
		expect(datasetsDocument.parse(written)).toEqual(written);
	});

	it("come after those that their rules refer to, where that makes no circle", () => {
		const rule = (to: string) => `-- rules: [{ relationships: { column: id, to: ${to}, field: id } }]\n`;
		const order = read({
			a: `${rule("b")}SELECT 1 AS id`,
			b: `${rule("c")}SELECT 1 AS id`,
			c: `${rule("a")}SELECT 1 AS id`,
		});
		expect(order.map(({ name, after }) => [name, after])).toEqual([
			["c", []],
			["b", ["c"]],
			["a", ["b"]],
		]);
	});

	it("may read tables that jobs make, whose names are known with the others", () => {
		expect(read({ a: "SELECT 1 FROM FACTS" })[0]?.references).toEqual([{ name: "FACTS", line: 1, column: 15 }]);
		expect(said({ a: "SELECT 1 FROM fcts" })).toEqual([expect.stringMatching(/ facts, .*Did you mean facts\?/)]);
	});

	it("may read any table that the patterns have, where nobody has looked at the server", () => {
		const models = read({ a: "SELECT 1 FROM whatever JOIN whatever_changes" }, "nobody");
		expect(models[0]?.references.map(({ name }) => name)).toEqual(["whatever", "whatever_changes"]);
		const narrow = parsePipeline("name: x\nsource: { schemas: { shop: { tables: [orders] } } }\n", "pipeline.yaml");
		const file = { file: "models/a.sql", content: "SELECT 1 FROM orderz" };
		expect(() => readModels([file], { pipeline: narrow, tables: undefined })).toThrow(
			'models/a.sql:1:15: The table "orderz" is not replicated (shop: orders). Add it to source.schemas',
		);
	});
});

describe("mistakes", () => {
	it("are all named, each with its file, line, reason and fix", () => {
		const files = {
			a: "SELECT * FROM b",
			b: "SELECT *\nFROM c",
			c: "SELECT * FROM a",
			Bad: "-- tests: [{ not_null: id }]\nSELECT 1 AS id",
			customers: "SELECT 1 AS id",
			old_orders_changes: "SELECT 1 AS id",
			self: "SELECT * FROM self",
			typo: "-- Orders, by day\nSELECT *\n  FROM ordrs, shop.Orders",
			two: "SELECT 1; SELECT 2",
			header:
				"-- primary_key: [id, id]\n-- rules:\n--   - freshness: { warn_after: 1 hour }\n--   - relationships: { column: a, to: custmers, field: id }\n--   - { not_null: a, error_if: '> 1', severity: warn }\nSELECT 1 AS id",
			yaml: "-- description: a: b\nSELECT 1",
		};
		expect(said(files)).toEqual([
			"models/a.sql:1:15: These models read each other: a reads b reads c reads a. Move what both need into a separate model.",
			"models/Bad.sql:1:1: The file's name becomes the table's name, so it must be a letter a-z followed by only a-z, 0-9 and _. Rename it: bad.sql",
			'models/Bad.sql:1:4: tests: Unknown key "tests". Allowed: description, primary_key, rules, tags. Did you mean rules? Write rules.',
			"models/customers.sql:1:1: The model would be called customers in the catalog, like the table shop.customers. Rename the file, or give the table an alias in pipeline.yaml.",
			expect.stringContaining('models/header.sql:1:22: primary_key[1]: The column "id" is duplicated.'),
			expect.stringContaining("models/header.sql:3:8: rules[0].freshness: freshness checks files of the raw zone"),
			expect.stringContaining(
				'models/header.sql:4:8: rules[1].relationships.to: There is no table "custmers". Did you mean customers?',
			),
			expect.stringContaining("models/header.sql:5:23: rules[2].error_if: It has no effect"),
			expect.stringContaining("like the change log of archive.orders."),
			"models/self.sql:1:15: A model cannot read itself. Read its input tables instead, or the change log of a table.",
			"models/two.sql:1:11: It contains several statements, but a model is one SELECT. Put each statement into its own file, or combine them using WITH.",
			expect.stringContaining('models/typo.sql:3:8: There is no table "ordrs". Allowed: Bad, a, b, c, '),
			"models/typo.sql:3:15: shop.Orders is a qualified table name. Write orders: all tables are in one database, with their names in the catalog.",
			expect.stringContaining("models/yaml.sql:1:17: The header is not valid YAML: "),
		]);
	});

	it("two files of one name", () => {
		const list = ["models/x.sql", "models/sub/x.sql"].map((file) => ({ file, content: "SELECT 1 AS a" }));
		expect(() => readModels(list, { pipeline, tables })).toThrow(
			"models/sub/x.sql:1:1: models/x.sql also defines the model x.",
		);
	});
});

it("any models without a circle are in an order in which each comes after what it reads", () => {
	const graph = fc.integer({ min: 1, max: 7 }).chain((size) =>
		fc.tuple(
			fc.shuffledSubarray(
				Array.from({ length: size }, (_, at) => at),
				{ minLength: size },
			),
			fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 12 }),
		),
	);
	fc.assert(
		fc.property(graph, ([shuffled, edges]) => {
			const files = Object.fromEntries(
				shuffled.map((at) => {
					const reads = edges.filter(([one, other]) => Math.max(one, other) === at && one !== other);
					const from = reads.map(([one, other], number) => `m${Math.min(one, other)} AS x${number}`).join(", ");
					return [`m${at}`, `SELECT 1 AS a${from === "" ? "" : ` FROM ${from}`}`];
				}),
			);
			const built = new Set<string>();
			for (const { name, references } of read(files)) {
				for (const reference of references) expect(built).toContain(reference.name);
				built.add(name);
			}
			expect(built.size).toBe(shuffled.length);
		}),
		{ numRuns: 30 },
	);
});
