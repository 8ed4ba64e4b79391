import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect } from "vitest";
import { outputs } from "../../tests/support/aws/outputs.ts";
import { it } from "../../tests/support/fixtures.ts";
import { PipelineError } from "../common/errors.ts";
import { type JsonKind, parseJson, readJsonFile } from "../common/jsonFile.ts";
import { outputsOfFile } from "./aws/outputs/readOutputs.ts";
import { recordFile } from "./aws/replication/appliedRules.ts";
import { sourceSecret } from "./aws/source.ts";
import { readerSecret } from "./aws/warehouse/reader.ts";
import { readCatalog } from "./local/catalog/catalogFile.ts";
import { RunLock, runningRun, stopRun } from "./local/jobs/runLock.ts";
import { readCheckpoint, writeCheckpoint } from "./local/replication/model/checkpoint.ts";
import { initialSequence } from "./local/replication/model/sequence.ts";
import { statePaths } from "./local/replication/model/statePaths.ts";
import { newTable } from "./local/replication/model/taskState.ts";
import { peekDaemonStatus, readDaemonStatus } from "./local/replication/service/daemonStatus.ts";
import { requestFile } from "./local/replication/service/requests.ts";
import { stampFileKind } from "./local/setup/python.ts";
import { type LocalPaths, localPaths } from "./local/shared/paths.ts";
import { readSettings } from "./local/shared/settings.ts";
import { reportFile } from "./shared/jobReport.ts";

/** A JSON file of our own: a good one, who reads it, and how to get a good one again. */
interface OwnFile {
	path: (paths: LocalPaths) => string;
	good: Record<string, unknown>;
	read: (paths: LocalPaths, path: string) => Promise<unknown>;
	/** None: there is nothing to run. */
	next?: string | ((path: string) => string);
}

const runId = "20261120-131502-9f3a";

const files: Record<string, OwnFile> = {
	settings: {
		path: (paths) => paths.settings,
		good: {
			version: 1,
			source: { kind: "external", host: "db", port: 3306, user: "u", tls: "VERIFY_IDENTITY", schemas: ["shop"] },
			replicationTarget: "stream",
			delivery: { bufferSize: 2, bufferInterval: 5, compression: "GZIP" },
		},
		read: (paths) => readSettings(paths),
		next: "pipeline-cli down --purge",
	},
	catalog: {
		path: (paths) => paths.catalog,
		good: {
			version: 1,
			database: "db",
			tables: [
				{
					name: "orders",
					format: "iceberg",
					zone: "processed",
					prefix: "current/shop/orders",
					columns: [{ name: "id", type: "int" }],
					partitionKeys: [],
				},
			],
		},
		read: (paths) => readCatalog(paths),
		next: "pipeline-cli crawl",
	},
	"lock of the runs": {
		path: (paths) => join(paths.runs, "lock.json"),
		good: { pid: process.pid, stamp: "", runId, startedAt: "2026-11-20T13:15:02Z", children: [1] },
		read: (paths) => runningRun(paths.runs),
		next: (path) => `rm '${path}'`,
	},
	"report of a job": {
		path: (paths) => join(paths.processed, "_runs", runId, "process-load.json"),
		good: {
			job: "process-load",
			run_id: runId,
			state: "quality_failed",
			started_at: "2026-11-20T13:15:02.000Z",
			finished_at: "2026-11-20T13:15:03.000Z",
			rows_read: 1,
			rows_written: 1,
			tables: [{ schema: "shop", table: "orders", rows_read: 1, rows_written: 1, note: "1 file" }],
			set_aside: [{ uri: "file:///x", reason: "cut" }],
			quality: [
				{
					table: "shop.orders",
					rule: "not_null(id)",
					kind: "not_null",
					severity: "error",
					failed_rows: 1,
					examples: [{ id: null, name: "a" }],
					description: null,
				},
			],
			error: null,
		},
		read: (_, path) => readJsonFile(path, reportFile("process-load")),
		next: "pipeline-cli run-etl process-load",
	},
	"status of the replicator": {
		path: (paths) => statePaths(paths).status,
		good: {
			pid: 1,
			state: "failed",
			following: false,
			fullLoadProgress: 100,
			startedAt: "2026-11-20T13:15:02.000Z",
			updatedAt: "2026-11-20T13:15:02.000Z",
			stopReason: "x",
			lastError: "x",
			failure: { outcome: "failure", what: "x", why: "x", fix: "x", next: "x" },
			latencySeconds: 1,
			batchInterval: 60,
			batchBytes: 1,
			tables: [
				{
					schema: "shop",
					table: "orders",
					state: "Table completed",
					fullLoadRows: 1,
					inserts: 0,
					updates: 0,
					deletes: 0,
					ddls: 0,
					lastError: "x",
					updatedAt: "2026-11-20T13:15:02.000Z",
				},
			],
		},
		read: (_, path) => readDaemonStatus(path),
		next: "pipeline-cli replication start",
	},
	"request to the replicator": {
		path: (paths) => join(statePaths(paths).requests, "1.json"),
		good: { reload: ["shop.orders"] },
		// RequestBox puts what is refused aside: replicationPoison.test.ts.
		read: (_, path) => readJsonFile(path, requestFile),
	},
	"record of applied rules": {
		path: (paths) => join(paths.home, "applied-rules.json"),
		good: {
			version: 1,
			rules: {
				schemas: [{ name: "shop", include: ["*"], exclude: ["x"], newTables: "include", newColumns: "ignore" }],
				columns: { ssn: "drop" },
				tables: [{ schema: "shop", table: "orders", columns: { email: "hash" }, onlyColumns: ["id"] }],
			},
			purging: [{ schema: "shop", table: "orders" }],
		},
		read: (_, path) => readJsonFile(path, recordFile),
		next: (path) => `aws s3 rm ${path}`,
	},
	"outputs of a stack": {
		path: (paths) => join(paths.home, "outputs.json"),
		good: { pipeline: outputs },
		read: (_, path) => outputsOfFile(path),
		next: "pulumi up",
	},
};

let paths: LocalPaths;

it.beforeEach(async ({ folder }) => {
	paths = localPaths(folder);
});

/** Every place within a document, as the keys to it, and what is there. */
function places(value: unknown, place: readonly string[] = []): { place: readonly string[]; value: unknown }[] {
	const within = typeof value === "object" && value !== null ? Object.entries(value) : [];
	return [{ place, value }, ...within.flatMap(([key, inner]) => places(inner, [...place, key]))];
}

/** A copy of a document with another value at a place. */
function replaced(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
	if (key === undefined) return other;
	const copy: unknown = structuredClone(value);
	if (typeof copy === "object" && copy !== null)
		Object.assign(copy, { [key]: replaced(Reflect.get(copy, key), rest, other) });
	return copy;
}

async function failureOf(reading: Promise<unknown>): Promise<PipelineError> {
	const result = await reading.catch((error: unknown) => error);
	if (result instanceof PipelineError) return result;
	throw new Error("it was read, or failed otherwise", { cause: result });
}

describe.each(Object.entries(files))("%s", (_, file) => {
	async function write(text: string): Promise<string> {
		const path = file.path(paths);
		await mkdir(dirname(path), { recursive: true });
		await writeFile(path, text);
		return path;
	}

	async function refusal(text: string): Promise<PipelineError> {
		const path = await write(text);
		const error = await failureOf(file.read(paths, path));
		expect(error.message).toContain(path);
		expect(error.text.fix).toMatch(/\w/);
		return error;
	}

	it("is read as it is written", async () => {
		const path = await write(JSON.stringify(file.good));
		expect(await file.read(paths, path)).toBeDefined();
	});

	it.each([
		["empty", () => ""],
		["cut", (text: string) => text.slice(0, text.length / 2)],
		["not JSON", () => "<html>"],
		["a list", () => "[]"],
		["null", () => "null"],
		["a text", () => '"text"'],
	])("that is %s is refused with its remedy", async (_name, damage) => {
		const error = await refusal(damage(JSON.stringify(file.good)));
		expect(error.text.what).toMatch(/^(The|A) .* is damaged\.$/);
		const next = typeof file.next === "function" ? file.next(file.path(paths)) : file.next;
		// A document without the output `pipeline` is of another program: there is nothing to deploy again.
		expect([next, "pulumi stack output --json"]).toContain(error.text.next);
	});

	it("with a value of another type in any place is refused, naming the place", async () => {
		for (const { place, value } of places(file.good).filter((one) => one.place.length > 0)) {
			const wrong = typeof value === "number" ? "text" : 12345;
			const error = await refusal(JSON.stringify(replaced(file.good, place, wrong)));
			const name = place.at(-1) === "version" ? "version" : place.join(".");
			const named = error.message.includes(name);
			expect({ place, named }).toEqual({ place, named: true });
		}
	});

	if (file.good.version !== undefined) {
		it("of a newer version asks for an upgrade", async () => {
			const error = await refusal(JSON.stringify({ ...file.good, version: 2, more: [] }));
			expect(error.text.what).toContain("was written by a newer version of pipeline-cli.");
			expect(error.text.next).not.toContain("purge");
		});
	}
});

describe("the remedies", () => {
	it("a removed lock lets the next run begin", async () => {
		const path = join(paths.runs, "lock.json");
		await mkdir(paths.runs, { recursive: true });
		await writeFile(path, "{");
		const { signal } = new AbortController();
		await failureOf(RunLock.take(paths.runs, runId, signal));
		await failureOf(stopRun(paths.runs));
		await rm(path);
		await (await RunLock.take(paths.runs, runId, signal)).free();
	});

	it("those who wait for the status of a replicator wait for the next one", async () => {
		const path = join(paths.home, "status.json");
		await writeFile(path, '{"pid":1');
		expect(await peekDaemonStatus(path)).toBeUndefined();
	});
});

it("a checkpoint of a newer version asks for an upgrade, not for a reload", async () => {
	const path = join(paths.home, "checkpoint.json");
	const checkpoint = {
		version: 1 as const,
		server: { flavour: "mysql" as const, id: "1" },
		position: { file: "binlog.000001", offset: 4, gtid: "", fileCreated: 0 },
		sequence: initialSequence,
		tables: [newTable({ schema: "s", table: "t" }, "Before load")],
		prepared: {},
		loadedAt: "",
	};
	await writeCheckpoint(path, Object.assign(structuredClone(checkpoint), { version: 2 }));
	expect((await failureOf(readCheckpoint(path))).text).toMatchObject({
		what: "The checkpoint of the replication was written by a newer version of pipeline-cli.",
		next: "git pull && npm ci",
	});
	await writeCheckpoint(path, { ...checkpoint, position: { ...checkpoint.position, offset: -1 } });
	expect((await failureOf(readCheckpoint(path))).text).toMatchObject({
		why: expect.stringContaining("position.offset"),
		next: "pipeline-cli replication start --reload",
	});
});

describe("secrets", () => {
	const read = <T>(kind: JsonKind<T>, value: unknown): T => parseJson(JSON.stringify(value), "arn:1", kind);

	it("of the source have a port as number or as text", () => {
		const secret = { username: "u", password: "p", host: "db" };
		expect(read(sourceSecret, { ...secret, port: "3306", engine: "mysql" })).toEqual({ ...secret, port: 3306 });
		expect(read(sourceSecret, { ...secret, port: 3306 }).port).toBe(3306);
		for (const port of [0, "x", undefined, null])
			expect(() => read(sourceSecret, { ...secret, port })).toThrow(PipelineError);
	});

	it("of the warehouse's reader have a name that statements can hold", () => {
		expect(read(readerSecret, { username: "reader_1", password: "p" }).username).toBe("reader_1");
		expect(() => read(readerSecret, { username: "r'; DROP", password: "p" })).toThrow(PipelineError);
	});
});

it("the stamp of a Python environment is refused where a field is missing", () => {
	const stamp = { python: "3.11.2", requirements: "a", devRequirements: null };
	expect(parseJson(JSON.stringify(stamp), "installed.json", stampFileKind)).toEqual(stamp);
	expect(() => parseJson('{"python":"3.11.2"}', "installed.json", stampFileKind)).toThrow(PipelineError);
});
