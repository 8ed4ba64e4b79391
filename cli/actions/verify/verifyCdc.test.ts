import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect } from "vitest";
import { it } from "../../../tests/support/fixtures.ts";
import { shop } from "../../../tests/support/sampleShop.ts";
import { PipelineError } from "../../common/errors.ts";
import type { Context, JobReport, ReplicationStatus, Stack, StoredObject } from "../../engines/port.ts";
import { verifyCdc } from "./verifyCdc.ts";

type Term = [id: number, name: string, slug: string, group: number];

let folder: string;

it.beforeEach(async ({ folder: own }) => {
	folder = own;
});

function contextOf(signal: AbortSignal = new AbortController().signal): Context {
	return {
		reporter: {
			task: (_, run) => run(() => undefined),
			wait: (_, work) => work(),
			note: () => undefined,
			warn: () => undefined,
		},
		signal,
	};
}

async function writeParquet(name: string, rows: Term[]): Promise<StoredObject> {
	const instance = await DuckDBInstance.create(":memory:");
	const connection = await instance.connect();
	const values = rows.map(
		([id, term, slug, group]) => `('I', '2026-01-01 00:00:00.000000', ${id}, '${term}', '${slug}', ${group})`,
	);
	await connection.run(
		`COPY (SELECT * FROM (VALUES ${values.join(",")}) t("Op", cdc_commit_time, term_id, name, slug, term_group)) TO '${join(folder, name)}' (FORMAT parquet)`,
	);
	connection.closeSync();
	instance.closeSync();
	return { key: name, size: 1, modified: new Date() };
}

/** A pipeline in memory whose source is a table of terms. `damage` changes what arrives in the current table. */
class FakePipeline {
	readonly source: Term[];
	readonly files: StoredObject[] = [];
	current: Term[] = [];
	inserts = 0;
	/** From one id that the source gives to the next. */
	idStep = 1;
	status: Partial<ReplicationStatus> = { state: "running", text: "Load complete, replication ongoing" };
	moves = true;
	damage: (rows: Term[]) => Term[] = (rows) => rows;

	constructor(count = 15) {
		this.source = Array.from({ length: count }, (_, index) => [index + 1, `t${index + 1}`, `t${index + 1}`, 0]);
		this.source[14] = [15, "Outdoors", "outdoors", 0];
	}

	stack(): Stack {
		return {
			name: "test",
			definition: async () => shop,
			engine: "local",
			source: async () => ({ connect: async () => ({ query: this.#query.bind(this), close: async () => undefined }) }),
			replication: async () => ({
				ruleChanges: async () => [],
				status: async () => this.status,
				tables: async () => [{ schema: "wordpress-db", table: "wp_terms", inserts: this.inserts }],
			}),
			raw: async () => ({
				list: async function* (this: FakePipeline) {
					yield* this.files.map((file) => ({ ...file, key: `wordpress-db/wp_terms/${file.key}` }));
				}.bind(this),
				fetch: async (key: string) => join(folder, key.split("/").at(-1) ?? ""),
			}),
			jobs: async () => ({
				open: async () => ({
					runId: "r",
					run: async ({ name }: { name: string }) => {
						if (name === "apply-changes") this.current = this.damage(this.source.map((row) => [...row] as Term));
						return {
							job: name,
							id: name,
							state: "succeeded",
							seconds: 0,
							log: "",
							report: {} as JobReport,
						};
					},
					close: async () => undefined,
				}),
			}),
			crawlers: async () => ({ crawl: async () => ({ database: "d", tables: [], removed: [] }) }),
			query: async () => ({
				run: async (sql: string) => {
					const list = /"term_id" IN \(([\d, ]+)\)/.exec(sql)?.[1]?.split(", ").map(Number);
					if (list === undefined) return { columns: [], rows: [[this.current.length]], seconds: 0 };
					const rows = this.current.filter(([id]) => list.includes(id));
					return {
						columns: [],
						rows: rows.map((row) => row.map((value) => (value === null ? null : String(value)))),
						seconds: 0,
					};
				},
			}),
		} as unknown as Stack;
	}

	async #query(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
		if (sql.startsWith("INSERT")) {
			const added: Term[] = [];
			for (let index = 0; index < values.length; index += 4) {
				const [id, name, slug, group] = values.slice(index, index + 4) as [number | null, string, string, number];
				added.push([
					id ?? Math.max(...this.source.map((row) => row[0])) + 1 + added.length * this.idStep,
					name,
					slug,
					group,
				]);
			}
			this.source.push(...added);
			if (this.moves) {
				this.inserts += added.length;
				this.files.push(await writeParquet(`20260101-00000000${this.files.length}.parquet`, added));
			}
			return [];
		}
		if (sql.startsWith("DELETE")) {
			for (const slug of values)
				this.source.splice(
					this.source.findIndex((row) => row[2] === slug),
					1,
				);
			return [];
		}
		if (sql.includes("_LOCK")) return [{ got: 1 }];
		if (sql.includes("`slug` IN") || sql.includes("SELECT `term_id`")) {
			return this.source
				.filter((row) => values.includes(sql.includes("`slug` IN") ? row[2] : row[0]))
				.map(([term_id, name, slug, term_group]) => ({ term_id, name, slug, term_group }));
		}
		const [id, slug, ...ids] = values;
		const sample = this.source.some((row) => row[0] === id && row[2] === slug) ? 1 : 0;
		return [{ n: this.source.length, sample, taken: this.source.filter((row) => ids.includes(row[0])).length }];
	}
}

it("follows the sample shop's four rows from 15 to 19, which stay", async () => {
	const pipeline = new FakePipeline();
	pipeline.files.push(await writeParquet("LOAD00000001.parquet", pipeline.source));
	const report = await verifyCdc(pipeline.stack(), { keep: false }, contextOf());
	expect(report.checks.map(({ name, ok }) => [name, ok])).toEqual([
		["source", true],
		["table statistics", true],
		["raw zone", true],
		["full-load file", true],
		["jobs", true],
		["current table", true],
		["row count", true],
	]);
	expect(report.ok).toBe(true);
	expect(report.rows.map((row) => row[0])).toEqual(["16", "17", "18", "19"]);
	expect(report.rows[0]).toEqual(["16", "random-1", "random-1", "1"]);
	expect(report.rawRows.map((row) => row.Op)).toEqual(["I", "I", "I", "I"]);
	expect(report.checks[0]?.detail).toBe("wp_terms went from 15 to 19 rows");
	expect(report.removed).toBe(false);
	expect(pipeline.source).toHaveLength(19);
});

it("on a pipeline in use writes markers of its own and takes them back", async () => {
	const pipeline = new FakePipeline(19);
	// Of several servers each takes its share of the ids, and others write meanwhile.
	pipeline.idStep = 2;
	pipeline.damage = (rows) => [...rows, [21, "of others", "of others", 0]];
	const report = await verifyCdc(pipeline.stack(), { keep: false }, contextOf());
	expect(report.ok).toBe(true);
	expect(report.rows[0]?.[2]).toMatch(/^pipeline-cli-verify-\d+-1$/);
	expect(report.removed).toBe(true);
	expect(pipeline.source).toHaveLength(19);
});

it("leaves nothing in a new shop of the user's own, which has 15 terms, too", async () => {
	const pipeline = new FakePipeline();
	pipeline.source[14] = [15, "rated-5", "rated-5", 0];
	const before = structuredClone(pipeline.source);
	const report = await verifyCdc(pipeline.stack(), { keep: false }, contextOf());
	expect(report.ok).toBe(true);
	expect(report.rows[0]?.[2]).toMatch(/^pipeline-cli-verify-\d+-1$/);
	expect(report.removed).toBe(true);
	expect(pipeline.source).toEqual(before);
});

it("leaves the markers with keep", async () => {
	const pipeline = new FakePipeline(19);
	expect((await verifyCdc(pipeline.stack(), { keep: true }, contextOf())).removed).toBe(false);
	expect(pipeline.source).toHaveLength(23);
});

const last = (rows: Term[]): Term => rows.at(-1) as Term;

it.each<[string, (rows: Term[]) => Term[]]>([
	["a lost row", (rows) => rows.slice(0, -1)],
	["a row twice", (rows) => [...rows, last(rows)]],
	["a changed value", (rows) => rows.map((row) => (row === last(rows) ? [row[0], "other", row[2], row[3]] : row))],
	["swapped columns", (rows) => rows.map((row) => (row === last(rows) ? [row[0], "x", row[1], row[3]] : row))],
	["an emptied value", (rows) => rows.map((row) => (row === last(rows) ? [row[0], "", row[2], row[3]] : row))],
	["nothing new", (rows) => rows.slice(0, 15)],
])("finds %s in the current table", async (_, damage) => {
	const pipeline = new FakePipeline();
	pipeline.files.push(await writeParquet("LOAD00000001.parquet", pipeline.source));
	pipeline.damage = damage;
	const report = await verifyCdc(pipeline.stack(), { keep: false }, contextOf());
	expect(report.ok).toBe(false);
	expect(report.checks.find((check) => check.name === "current table")?.ok).toBe(false);
});

it("fails where the replication says running and nothing moves, and takes its rows back", async () => {
	const pipeline = new FakePipeline(19);
	pipeline.moves = false;
	const abort = new AbortController();
	setTimeout(() => abort.abort(new PipelineError("timeout", { what: "too late" })), 100);
	await expect(verifyCdc(pipeline.stack(), { keep: false }, contextOf(abort.signal))).rejects.toMatchObject({
		outcome: "timeout",
		text: {
			what: "Timed out waiting for inserts in the table statistics.",
			why: "Replication reports that it is running, but nothing arrived.",
		},
	});
	expect(pipeline.source).toHaveLength(19);
});

it("ends immediately where the replication dies while it waits, with what is recorded of it", async () => {
	const pipeline = new FakePipeline(19);
	pipeline.moves = false;
	setTimeout(() => {
		pipeline.status = { state: "failed", text: "Failed", lastError: "The disk is full." };
	}, 50);
	await expect(verifyCdc(pipeline.stack(), { keep: false }, contextOf())).rejects.toMatchObject({
		outcome: "failure",
		text: { why: "The disk is full.", next: "pipeline-cli replication status" },
	});
	expect(pipeline.source).toHaveLength(19);
});

it("refuses where the replication does not run, before it writes", async () => {
	const pipeline = new FakePipeline();
	pipeline.status = { state: "failed", text: "Failed", lastError: "The binary log is gone." };
	await expect(verifyCdc(pipeline.stack(), { keep: false }, contextOf())).rejects.toMatchObject({
		outcome: "failure",
		text: { what: "Replication is not running: Failed.", why: "The binary log is gone." },
	});
	expect(pipeline.source).toHaveLength(15);
});
