import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { test } from "../../../../../tests/support/fixtures.ts";
import { localPaths } from "../../shared/paths.ts";
import { initialSequence } from "../model/sequence.ts";
import { type StatePaths, statePaths } from "../model/statePaths.ts";
import { TaskState } from "../model/taskState.ts";
import { publish } from "./filePublisher.ts";
import { type Publish, Store } from "./store.ts";

const noon = Date.UTC(2026, 8, 5, 12);

let home: string;
let raw: string;
let files: StatePaths;

test.beforeEach(async ({ folder }) => {
	home = folder;
	raw = localPaths(home).raw;
	files = statePaths(localPaths(home));
	await mkdir(files.staging, { recursive: true });
});

function stateAt(offset: number): TaskState {
	return new TaskState({
		version: 1,
		server: { flavour: "mariadb", id: "1" },
		position: { file: "bin.000001", offset, gtid: "", fileCreated: 0 },
		sequence: initialSequence,
		tables: [],
		prepared: {},
		loadedAt: "2026-01-01T00:00:00.000Z",
	});
}

const publication = {
	clear: [],
	files: [
		{ from: "1.parquet", to: "s/t/1.parquet" },
		{ from: "2.parquet", to: "s/t/2.parquet" },
	],
};

/** Publishes the first file only; then the disk is full. */
const fillingDisk: Publish = async ({ clear, files: [first] }, staging, to) => {
	await publish({ clear, files: first === undefined ? [] : [first] }, staging, to);
	throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
};

async function commitOnFullDisk(): Promise<void> {
	const store = new Store(files, raw, fillingDisk);
	await store.open();
	for (const name of ["1.parquet", "2.parquet", "3.parquet"]) writeFileSync(join(files.staging, name), name);
	await expect(store.commit(stateAt(500), publication)).rejects.toThrow("ENOSPC");
}

test("a disk that fills during a publication loses nothing: what was promised stays staged, and is published later", async () => {
	await commitOnFullDisk();
	// As the worker does before it ends, with a store that has read nothing.
	await new Store(files, raw).clearStaging();
	expect(readdirSync(files.staging)).toEqual(["2.parquet"]);
	const next = new Store(files, raw);
	await next.open();
	expect(next.checkpoint).toMatchObject({ position: { offset: 500 } });
	expect(next.checkpoint?.publication).toBeUndefined();
	expect(readFileSync(join(raw, "s/t/1.parquet"), "utf8")).toBe("1.parquet");
	expect(readFileSync(join(raw, "s/t/2.parquet"), "utf8")).toBe("2.parquet");
	expect(readdirSync(files.staging)).toEqual([]);
});

test("a promise that can never be kept is forgotten with its checkpoint", async () => {
	await commitOnFullDisk();
	rmSync(join(files.staging, "2.parquet"));
	const next = new Store(files, raw);
	await expect(next.open()).rejects.toThrow("ENOENT");
	await next.forget();
	expect(readdirSync(files.staging)).toEqual([]);
	const after = new Store(files, raw);
	await after.open();
	expect(after.checkpoint).toBeUndefined();
});

test("what is shown follows the files: a checkpoint is seen when all that it promises is in the raw zone", async () => {
	const seen: (number | undefined)[] = [];
	const store: Store = new Store(files, raw, async (promised, staging, to) => {
		seen.push(store.checkpoint?.position.offset);
		await publish(promised, staging, to);
		seen.push(store.checkpoint?.position.offset);
	});
	await store.open();
	await store.save(stateAt(400));
	for (const name of ["1.parquet", "2.parquet"]) writeFileSync(join(files.staging, name), name);
	await store.commit(stateAt(500), publication);
	expect(seen).toEqual([400, 400]);
	expect(store.checkpoint?.position.offset).toBe(500);
});

test("each publication, and one that is repeated, has a later time, also when the clock is set back", async () => {
	const times: number[] = [];
	const deliver: Publish = async (_promised, _staging, _to, time) => {
		times.push(time);
		// The process dies in the middle of the second.
		if (times.length === 2) throw new Error("killed");
	};
	const empty = { clear: ["shop/t"], files: [] };
	vi.useFakeTimers({ toFake: ["Date"], now: noon });
	const store = new Store(files, raw, deliver);
	await store.open();
	const state = stateAt(400);
	await store.commit(state, empty);
	vi.setSystemTime(noon - 86_400_000);
	await expect(store.commit(state, empty)).rejects.toThrow("killed");
	await new Store(files, raw, deliver).open();
	expect(times).toEqual([noon, noon + 1, noon + 2]);
	vi.useRealTimers();
});
