import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { exists } from "../../cli/common/fs.ts";
import { icebergFiles } from "../../cli/engines/local/catalog/icebergTable.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import { lake } from "../../etl/contract/contract.ts";
import type { Mark } from "./latency.ts";

/** How often is looked, in milliseconds: the error of what is found. */
const lookMs = 10;

/** Two looks at a table whose `id` grows with each change. */
export interface Watched {
	/** Its files in the raw zone. */
	raw: Watch;
	/** Its current table. */
	current: Watch;
	end(): Promise<void>;
}

export async function watchStack(home: string, schema: string, table: string): Promise<Watched> {
	const paths = localPaths(home);
	const instance = await DuckDBInstance.create();
	const duckdb = await instance.connect();
	const newest: Newest = async (files) => {
		const list = files.map((path) => `'${path}'`).join(", ");
		return Number((await duckdb.runAndReadAll(`SELECT max(id) FROM read_parquet([${list}])`)).getRows()[0]?.[0] ?? 0);
	};
	const watching = new AbortController();
	const raw = watchRaw(join(paths.raw, schema, table), newest, watching.signal);
	const current = watchTable(join(paths.processed, lake.current(schema, table)), newest, watching.signal);
	return {
		raw,
		current,
		end: async () => {
			watching.abort();
			await Promise.all([raw.ended, current.ended]);
			instance.closeSync();
		},
	};
}

export interface Watch {
	seen: Mark[];
	/** Until a change is seen. */
	has(id: number): Promise<void>;
	ended: Promise<void>;
}

/** Looks again and again; `look` gives the newest change where there is news. */
function watch(look: () => Promise<number | undefined>, signal: AbortSignal): Watch {
	const seen: Mark[] = [];
	const loop = async (): Promise<void> => {
		while (!signal.aborted) {
			const at = performance.now();
			const id = await look();
			if (id !== undefined) seen.push({ id: Math.max(id, seen.at(-1)?.id ?? 0), at });
			await sleep(lookMs);
		}
	};
	const ended = loop();
	return {
		seen,
		ended,
		has: async (id) => {
			const failed = ended.then(() => undefined);
			while ((seen.at(-1)?.id ?? 0) < id) await Promise.race([failed, sleep(lookMs)]);
		},
	};
}

type Newest = (files: readonly string[]) => Promise<number>;

/** New files of a folder. */
function watchRaw(folder: string, newest: Newest, signal: AbortSignal): Watch {
	const known = new Set<string>();
	return watch(async () => {
		const names = (await readdir(folder).catch(() => [])).filter(
			(name) => /^\d.*\.parquet$/.test(name) && !known.has(name),
		);
		if (names.length === 0) return undefined;
		for (const name of names) known.add(name);
		return newest(names.map((name) => join(folder, name)));
	}, signal);
}

/** New snapshots of an Iceberg table. */
function watchTable(folder: string, newest: Newest, signal: AbortSignal): Watch {
	const metadata = join(folder, "metadata");
	let version = "";
	return watch(async () => {
		if (!(await exists(metadata))) return undefined;
		const now = (await readdir(metadata))
			.filter((name) => name.endsWith(".metadata.json"))
			.sort()
			.join();
		if (now === version) return undefined;
		version = now;
		const { current } = await icebergFiles(folder);
		return current.length === 0 ? undefined : newest(current.map(({ path }) => path));
	}, signal);
}
