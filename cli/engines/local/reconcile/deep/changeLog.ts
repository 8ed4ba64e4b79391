import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import {
	batchKeys,
	changeLogColumns,
	isLoadFile,
	lake,
	operations,
	rawColumns,
} from "../../../../../etl/contract/contract.ts";
import { messageOf } from "../../../../common/errors.ts";
import { counted, grouped } from "../../../../common/grouped.ts";
import { quoteFiles, quoteName, quoteText } from "../../../duckdb/quote.ts";
import type { LakeFinding } from "../../../port.ts";
import { filesBelow, subfolders } from "../../catalog/lakeFolders.ts";
import { parquetEndings } from "../../catalog/tableReader.ts";
import type { LocalPaths } from "../../shared/paths.ts";
import { finding, reloading, remaking } from "./finding.ts";
import { rowsIn } from "./icebergCheck.ts";
import { countedBatches, isCleared, type KnownTable } from "./tableState.ts";

const batchFolder = new RegExp(`^${batchKeys.usual}=(\\d+)$`);

/** Rows of each batch of a change log, against what the jobs noted when they wrote it. */
export async function checkBatches(
	paths: LocalPaths,
	{ schema, table, state }: KnownTable,
	connection: DuckDBConnection,
): Promise<LakeFinding> {
	const folder = join(paths.processed, lake.changeLog(schema, table));
	const expected = new Map(state.batches.filter(({ rows }) => rows > 0).map(({ number, rows }) => [number, rows]));
	const found: string[] = [];
	for (const name of await subfolders(folder)) {
		const number = Number(batchFolder.exec(name)?.[1] ?? Number.NaN);
		if (Number.isNaN(number)) continue;
		const rows = expected.get(number);
		expected.delete(number);
		if (rows === undefined) {
			found.push(`${name} exists, but is not in the state of the jobs`);
			continue;
		}
		try {
			const there = await rowsIn(await filesBelow(join(folder, name), parquetEndings), connection);
			if (there !== rows) found.push(`${name} has ${counted(there, "row")}, but should have ${grouped(rows)}`);
		} catch (error) {
			found.push(`${name} cannot be read: ${messageOf(error)}`);
		}
	}
	for (const [number, rows] of expected)
		found.push(`${batchKeys.usual}=${number} with ${counted(rows, "row")} is missing`);
	return finding("change log", `${schema}.${table}`, found, remaking(folder));
}

/**
 * Changes of the change log that no raw file has, and the other way round, by their change sequences; rows of full loads by their
 * number.
 * @returns undefined where the table has no raw files of its own: emptied meanwhile, or come as messages.
 */
export async function checkAgainstRaw(
	paths: LocalPaths,
	known: KnownTable,
	connection: DuckDBConnection,
): Promise<LakeFinding | undefined> {
	const { schema, table, state } = known;
	const name = `${schema}.${table}`;
	const raw = await filesBelow(join(paths.raw, lake.rawTable(schema, table)), parquetEndings);
	const log = join(paths.processed, lake.changeLog(schema, table));
	const batches = countedBatches(state).filter(({ rows }) => rows > 0);
	const logFiles = (
		await Promise.all(
			batches.map(({ number }) => filesBelow(join(log, `${batchKeys.usual}=${number}`), parquetEndings)),
		)
	).flat();
	const isMine = (file: string): boolean => fileName(file) in state.files || isOld(file, state.files);
	const mine = raw.filter(isMine);
	if (mine.length === 0 || logFiles.length === 0 || (await isCleared(paths, known))) return undefined;
	const found: string[] = [];
	try {
		found.push(...(await sequenceFaults(mine, logFiles, connection)));
		const loaded = await rowsIn(mine.filter(isLoadFile), connection);
		const inLog = await one(
			connection,
			`SELECT count(*) FROM ${parquet(logFiles)} WHERE ${quoteName(changeLogColumns.op)} = ${quoteText(operations.load)}`,
		);
		if (Number(inLog[0]) !== loaded) {
			found.push(
				`its full load has ${counted(loaded, "row")} in the raw zone, but ${grouped(Number(inLog[0]))} in the change log`,
			);
		}
	} catch (error) {
		// TRUNCATE, DROP or a reload took them away meanwhile.
		if (await isCleared(paths, known)) return undefined;
		found.push(messageOf(error));
	}
	return finding("raw files", name, found, reloading(name));
}

async function sequenceFaults(
	raw: readonly string[],
	log: readonly string[],
	connection: DuckDBConnection,
): Promise<string[]> {
	const changes = raw.filter((file) => !isLoadFile(file));
	const inRaw =
		changes.length === 0
			? "SELECT NULL::VARCHAR AS s WHERE false"
			: `SELECT DISTINCT ${quoteName(rawColumns.changeSequence)} AS s FROM ${parquet(changes)}`;
	const [op, sequence, time] = [changeLogColumns.op, changeLogColumns.changeSequence, changeLogColumns.commitTime].map(
		quoteName,
	);
	const inLog = `SELECT ${sequence} AS s, min(${time}) AS at FROM ${parquet(log)} WHERE ${op} <> ${quoteText(operations.load)} GROUP BY 1`;
	const [lost, first, from, to] = await one(
		connection,
		`SELECT count(*), min(s), min("at"), max("at") FROM (${inLog}) AS l WHERE s NOT IN (SELECT s FROM (${inRaw}) WHERE s IS NOT NULL)`,
	);
	const [unread, next] = await one(
		connection,
		`SELECT count(*), min(s) FROM (${inRaw}) WHERE s IS NOT NULL AND s NOT IN (SELECT s FROM (${inLog}))`,
	);
	return [
		...(Number(lost) === 0
			? []
			: [
					`${counted(Number(lost), "change")} of the change log, committed from ${from} to ${to}, the first with the sequence ${first}, are in no raw file`,
				]),
		...(Number(unread) === 0
			? []
			: [
					`${counted(Number(unread), "change")} of raw files, the first with the sequence ${next}, are not in the change log`,
				]),
	];
}

/** Whether a change file is one of those of which the state has but fingerprints. */
function isOld(file: string, files: Readonly<Record<string, unknown>>): boolean {
	const first = Object.keys(files)
		.filter((name) => !isLoadFile(name))
		.sort()[0];
	return !isLoadFile(file) && first !== undefined && fileName(file) < first;
}

function fileName(path: string): string {
	return path.slice(path.lastIndexOf("/") + 1);
}

function parquet(files: readonly string[]): string {
	return `read_parquet(${quoteFiles(files)}, union_by_name = true, hive_partitioning = false)`;
}

async function one(connection: DuckDBConnection, sql: string): Promise<unknown[]> {
	return (await connection.runAndReadAll(sql)).getRowsJS()[0] ?? [];
}
