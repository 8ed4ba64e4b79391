import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import type { TableName } from "../model/tableName.ts";
import type { Snapshot, SnapshotReader } from "../mysql/snapshot.ts";
import { makeLayout } from "../parquet/layout.ts";
import { ParallelLoad } from "./parallelLoad.ts";
import type { LoadedRange, LoadedTable, OpenTable } from "./tableLoader.ts";

type Load = (table: string, range: number, signal: AbortSignal) => Promise<LoadedRange>;

/** A loader without a source: tables are named by their ranges, and "w" is wide. */
function fakeLoader(load: Load) {
	const log = { removed: [] as string[], running: 0, mostWide: 0, wide: 0 };
	return {
		log,
		async open(_: SnapshotReader, name: TableName): Promise<OpenTable | undefined> {
			await pause(0);
			if (name.table === "gone") return undefined;
			const isWide = name.table.startsWith("w");
			const ranges = Array.from({ length: Number(name.table.slice(1)) }, () => ({}));
			const tableSchema = { columns: [], key: [], gone: [], left: [], formerly: [] };
			return { name, tableSchema, selected: [], layout: makeLayout([], []), ranges, isWide };
		},
		async load(
			_: SnapshotReader,
			{ name, isWide }: OpenTable,
			index: number,
			onRows: (rows: number) => void,
			signal: AbortSignal,
		) {
			log.running += 1;
			if (isWide) log.wide += 1;
			log.mostWide = Math.max(log.mostWide, log.wide);
			try {
				onRows(1);
				return await load(name.table, index, signal);
			} finally {
				log.running -= 1;
				if (isWide) log.wide -= 1;
			}
		},
		loaded: ({ name, tableSchema }: OpenTable, ranges: readonly LoadedRange[]): LoadedTable => ({
			...{ name, tableSchema },
			rows: ranges.reduce((sum, { rows }) => sum + rows, 0),
			files: ranges.flatMap(({ files }) => files.map((from) => ({ from, to: from }))),
		}),
		async remove(files: readonly string[]) {
			log.removed.push(...files);
		},
	};
}

function run(tables: string[], load: Load, readers = 3) {
	const reader = {} as SnapshotReader;
	const others = new Array<SnapshotReader>(readers - 1).fill(reader);
	const position = { file: "a.1", offset: 4 };
	const snapshot: Snapshot = {
		position,
		readers: [reader, ...others],
		fewer: undefined,
		held: [],
		destroy: () => undefined,
	};
	const loader = fakeLoader(load);
	const shown = new Map<string, number[]>();
	const progress = {
		table: ({ table }: TableName, rows: number): void => void shown.set(table, [...(shown.get(table) ?? []), rows]),
	};
	const names = tables.map((table) => ({ schema: "s", table }));
	const result = new ParallelLoad(snapshot, loader, progress, new AbortController().signal).run(names);
	return { result, log: loader.log, shown };
}

/** The later its range, the sooner it is done. */
const backwards: Load = async (table, range) => {
	await pause(20 - 5 * range);
	return { rows: 10, files: [`${table}/${range}`] };
};

it("gives tables and files in their order, whichever was read first", async () => {
	const { result, shown, log } = run(["t1", "t3", "gone", "u2", "w2", "w3"], backwards);
	const { loaded, missing, failed } = await result;
	expect(loaded.map(({ files }) => files.map(({ to }) => to))).toEqual([
		["t1/0"],
		["t3/0", "t3/1", "t3/2"],
		["u2/0", "u2/1"],
		["w2/0", "w2/1"],
		["w3/0", "w3/1", "w3/2"],
	]);
	expect(missing).toEqual([{ schema: "s", table: "gone" }]);
	expect(failed).toEqual([]);
	expect(shown.get("t3")?.at(-1)).toBe(30);
	expect(log.mostWide).toBe(1);
});

it("a range that fails takes its table out, with the files and the queries of the others, and no other table", async () => {
	const { result, log } = run(["t1", "t3", "u2"], async (table, range, signal) => {
		if (table !== "t3") return backwards(table, range, signal);
		if (range === 0) return { rows: 1, files: ["t3/0"] };
		if (range === 1) throw new Error("bad value");
		await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
		throw new Error("not reached");
	});
	const { loaded, failed } = await result;
	expect(loaded.map(({ name }) => name.table)).toEqual(["t1", "u2"]);
	expect(failed).toEqual([{ name: { schema: "s", table: "t3" }, error: "bad value", waits: false }]);
	expect(log).toMatchObject({ removed: ["t3/0"], running: 0 });
});

it("a lost connection ends the whole load, when nothing runs any more", async () => {
	const lost = Object.assign(new Error("lost"), { code: "PROTOCOL_CONNECTION_LOST", fatal: true });
	const { result, log } = run(["t3", "u2"], async (table, range, signal) => {
		if (table === "t3" && range === 1) throw lost;
		await new Promise((_, reject) => signal.addEventListener("abort", () => setTimeout(reject, 5, signal.reason)));
		throw new Error("not reached");
	});
	await expect(result).rejects.toBe(lost);
	expect(log.running).toBe(0);
});
