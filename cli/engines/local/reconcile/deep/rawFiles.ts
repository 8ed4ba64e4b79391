import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { isLoadFile, lake, parquetExtension } from "../../../../../etl/contract/contract.ts";
import { isMissing, namesIn } from "../../../../common/fs.ts";
import { counted, grouped } from "../../../../common/grouped.ts";
import type { LakeFinding } from "../../../port.ts";
import type { Checkpoint } from "../../replication/model/checkpoint.ts";
import type { LocalPaths } from "../../shared/paths.ts";
import { finding, reloading } from "./finding.ts";
import { isCleared, type KnownTable } from "./tableState.ts";

/** Raw files of a table, against what the jobs have seen and what the checkpoint says was loaded. */
export async function checkRawFiles(
	paths: LocalPaths,
	known: KnownTable,
	checkpoint: Checkpoint | undefined,
): Promise<LakeFinding | undefined> {
	const { schema, table, state } = known;
	const folder = join(paths.raw, lake.rawTable(schema, table));
	const sizes = await sizesIn(folder);
	// After the files: an order is written before they go.
	if (await isCleared(paths, known)) return undefined;
	const seen = Object.entries(state.files);
	// What came as messages lies in folders by the hour.
	if ((await namesIn(folder)).some((name) => /^\d{4}$/.test(name))) return undefined;
	const found: string[] = [];
	for (const [name, { size }] of seen) {
		const now = sizes.get(name);
		if (now === undefined) found.push(`${name} is missing; its rows are in the change log`);
		else if (now !== size) {
			found.push(`${name} has ${grouped(now)} bytes, but had ${grouped(size)} when it was processed`);
		}
	}
	const { until, days } = state.old_files;
	const older = Object.values(days).reduce((sum, [number]) => sum + number, 0);
	const there = [...sizes.keys()].filter(
		(name) => !isLoadFile(name) && name < until && !(name in state.files) && !(name in state.set_aside),
	);
	if (older > there.length) found.push(`${counted(older - there.length, "file")} from before ${until} missing`);
	const loaded = checkpoint?.tables.find((one) => one.schema === schema && one.table === table);
	if (sizes.size === 0 && seen.length === 0 && loaded?.state === "Table completed") {
		found.push(`there is no file, although replication has loaded ${counted(loaded.fullLoadRows, "row")}`);
	}
	const name = `${schema}.${table}`;
	return finding("raw files", name, found, reloading(name));
}

async function sizesIn(folder: string): Promise<Map<string, number>> {
	const sizes = new Map<string, number>();
	for (const name of await namesIn(folder)) {
		if (!name.endsWith(parquetExtension)) continue;
		const size = await sizeOf(join(folder, name));
		if (size !== undefined) sizes.set(name, size);
	}
	return sizes;
}

/** @returns undefined where there is no file. */
export async function sizeOf(path: string): Promise<number | undefined> {
	try {
		return (await stat(path)).size;
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw error;
	}
}

/** Whether a file begins and ends as Parquet files do. */
export async function isParquet(path: string, size: number): Promise<boolean> {
	const file = await open(path, "r");
	try {
		const ends = Buffer.alloc(8);
		await file.read(ends, 0, 4, 0);
		await file.read(ends, 4, 4, Math.max(0, size - 4));
		return ends.toString("latin1") === "PAR1PAR1";
	} finally {
		await file.close();
	}
}
