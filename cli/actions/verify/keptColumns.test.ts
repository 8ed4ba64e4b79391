import { describe, expect, it } from "vitest";
import type { Pipeline, SourceSchema, Verification } from "../../../etl/contract/pipeline/pipeline.ts";
import { shop } from "../../../tests/support/sampleShop.ts";
import type { SourceConnection } from "../../engines/port.ts";
import { planOf } from "./plan.ts";

const table = { schema: "own", table: "t" };
const schema: SourceSchema = { name: "own", include: ["*"], exclude: [], newTables: "include", newColumns: "include" };

/** A pipeline that withholds columns by name. */
const pipeline = (
	columns: Pipeline["columns"],
	verify: Partial<Verification> = {},
	source: Partial<SourceSchema> = {},
): Pipeline => ({
	...shop.pipeline,
	schemas: [{ ...schema, ...source }],
	columns,
	tables: [],
	verify: { table, rows: [], marker: [], ...verify },
});

/** A source with a table of heartbeats, or none, and a key. */
function sourceWith(key: readonly string[], isThere = true) {
	const statements: string[] = [];
	const connection: SourceConnection = {
		query: async (sql) => {
			statements.push(sql);
			if (sql.includes("information_schema.STATISTICS")) return key.map((name) => ({ name }));
			if (!sql.includes("information_schema.COLUMNS")) return [{ n: 1, account: "u@%" }];
			const columns = ["id", "beat_at", "marker", "amount", "note"];
			return isThere ? columns.map((name) => ({ name, type: "varchar" })) : [];
		},
		close: async () => undefined,
	};
	return { connection, statements };
}

const planFor = (of: Pipeline, key: readonly string[] = ["id"]) => planOf(of, sourceWith(key).connection, false);

describe("a heartbeat whose columns are withheld", () => {
	it("is compared by those that come into the lake", async () => {
		expect(await planFor(pipeline({ note: "drop", AMOUNT: "hash" }))).toMatchObject({
			written: ["id", "beat_at", "marker", "amount", "note"],
			columns: ["id", "beat_at", "marker"],
			key: ["id"],
		});
		expect(await planFor(pipeline({ id: "hash" }))).toMatchObject({ key: ["marker"] });
	});

	it("is refused where nothing is left to know it by", async () => {
		await expect(planFor(pipeline({ id: "hash", marker: "drop" }))).rejects.toMatchObject({
			outcome: "usage",
			text: {
				why: "The definition drops or hashes the columns that identify them (id: hash, marker: drop).",
				next: "pipeline-cli verify-cdc --read-only",
			},
		});
	});
});

describe("rows whose columns are withheld", () => {
	const rows = [{ id: 1, name: "a", note: "b" }];

	it.each([
		["by the key", {}, { marker: ["name"] }, ["id"], ["id", "name", "note"]],
		["by the mark where the key is withheld", { id: "drop" }, { marker: ["name"] }, ["name"], ["name", "note"]],
		["by another mark", { id: "drop", name: "hash" }, { marker: ["name", "note"] }, ["note"], ["note"]],
		["by all that is kept, without a mark", { id: "drop", note: "drop" }, {}, ["name"], ["name"]],
	] as const)("are found %s", async (_, columns, verify, key, compared) => {
		const found = await planFor(pipeline(columns, { rows, marker: [], ...verify } as Partial<Verification>));
		expect(found).toMatchObject({ key, columns: compared });
		// At the source nothing is withheld.
		expect(found.recognised.columns).toEqual("marker" in verify ? ["name"] : ["id"]);
	});

	it.each([[{ marker: ["name"] }], [{}]])("are refused where all is: %j", async (verify) => {
		const all = pipeline({ id: "drop", name: "hash", note: "drop" }, { rows, ...verify });
		await expect(planFor(all)).rejects.toMatchObject({
			outcome: "usage",
			text: { what: "verify-cdc could not recognise its rows of own.t in the lake." },
		});
	});
});

describe("a table that is left out", () => {
	it.each([
		[{ include: ["a*"] }, "The patterns of own do not match it."],
		[{ exclude: ["t"] }, "The patterns of own do not match it."],
	])("%j: nothing is written", async (source, why) => {
		for (const rows of [[], [{ id: 1 }]]) {
			await expect(planFor(pipeline({}, { rows }, source))).rejects.toMatchObject({ outcome: "usage", text: { why } });
		}
	});

	it("for coming later is not made", async () => {
		const { connection, statements } = sourceWith(["id"], false);
		const ignores = pipeline({}, {}, { newTables: "ignore" });
		await expect(planOf(ignores, connection, true)).rejects.toMatchObject({
			text: { why: "Tables created in own later are excluded (new_tables: ignore)." },
		});
		expect(statements.filter((sql) => sql.startsWith("CREATE"))).toEqual([]);
		const named = pipeline({}, {}, { newTables: "ignore", include: ["x", "t"] });
		expect(await planOf(named, connection, true)).toMatchObject({ created: true });
		expect(await planFor(ignores)).toMatchObject({ created: false });
	});
});
