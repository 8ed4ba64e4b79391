import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { loadFile } from "../../../../../etl/contract/contract.ts";
import { qualifiedName, quoteName } from "../../../mysql/quote.ts";
import type { ColumnDefinition } from "../model/checkpoint.ts";
import { isOutOfSpace } from "../model/fullDisk.ts";
import { folderOf, type TableName, tableId } from "../model/tableName.ts";
import type { Past } from "../model/takeColumns.ts";
import { BinaryRows } from "../mysql/binaryRows.ts";
import { inTable, isTableGone, isTransient } from "../mysql/errors.ts";
import type { TakeRow } from "../mysql/resultRows.ts";
import type { SnapshotReader } from "../mysql/snapshot.ts";
import { readTableSchema, type TableSchema, tableSize } from "../mysql/tableSchema.ts";
import { type Layout, makeLayout } from "../parquet/layout.ts";
import type { LoadStage } from "../parquet/loadStage.ts";
import type { ParquetEngine } from "../parquet/parquetEngine.ts";
import { type KeyRange, keyRanges, rangeSql } from "./keyRanges.ts";
import { requireNoTwins } from "./keyTwins.ts";

/** From one report of the progress to the next. */
const reportedRows = 8192;
const reportedBytes = 1024 * 1024;
/** Bytes of an average row from which on a table is read by one connection, while no other such table is. */
const wideRow = 64 * 1024;

/** A table's definition with what is done with each column. */
export type TakenSchema = TableSchema & Past;
/** @throws Error where the table cannot be replicated by the definition's rules. */
export type TakeSchema = (name: TableName, read: TableSchema) => TakenSchema;

export interface LoadedTable {
	name: TableName;
	tableSchema: TakenSchema;
	rows: number;
	/** From staging, to below the raw zone. */
	files: { from: string; to: string }[];
}

/** A table that is being loaded, range by range. */
export interface OpenTable {
	name: TableName;
	tableSchema: TakenSchema;
	/** Columns that are read: what is dropped is not even asked for. */
	selected: readonly ColumnDefinition[];
	layout: Layout;
	ranges: readonly KeyRange[];
	isWide: boolean;
}

/** What one range of a table gave: names in staging, in the order of the rows. */
export interface LoadedRange {
	rows: number;
	files: string[];
}

/** A table was altered (ER_TABLE_DEF_CHANGED) or dropped (ER_NO_SUCH_TABLE) too late for the snapshot to know. */
export function isTableChanged(error: unknown): boolean {
	return [1146, 1412].includes((error as { errno?: number }).errno ?? 0);
}

/** Whether no table can be loaded after this error, from this snapshot or at all. */
export function affectsAll(error: unknown): boolean {
	return isTransient(error) || isOutOfSpace(error) || isTableChanged(error);
}

/** Reads tables of a snapshot into staged LOAD files. */
export class TableLoader {
	readonly #engine: ParquetEngine;
	readonly #staging: string;
	readonly #take: TakeSchema;
	readonly #time: number;

	/** @param time of the load, milliseconds since 1970. */
	constructor(engine: ParquetEngine, staging: string, take: TakeSchema, time: number) {
		this.#take = take;
		this.#time = time;
		this.#engine = engine;
		this.#staging = staging;
	}

	/** @returns undefined where the table does not exist any more. */
	async open({ server }: SnapshotReader, name: TableName): Promise<OpenTable | undefined> {
		// Reading the table first holds back any ALTER until the snapshot ends, so that definition and rows belong together.
		try {
			await server.rows(`SELECT 1 FROM ${qualifiedName(name)} LIMIT 1`);
		} catch (error) {
			if (isTableGone(error)) return undefined;
			throw inTable(error);
		}
		const read = await readTableSchema(server, name);
		if (read === undefined) return undefined;
		const tableSchema = this.#take(name, read);
		const selected = tableSchema.columns.filter(({ action }) => action !== "drop");
		const layout = makeLayout(selected, tableSchema.key);
		await requireNoTwins(server, name, read);
		const size = await tableSize(server, name);
		const isWide = size.rowBytes >= wideRow;
		const ranges = isWide ? [{}] : await keyRanges(server, name, read, size);
		return { name, tableSchema, selected, layout, ranges, isWide };
	}

	/** @param index of the range. @param onRows called with the rows of it that were read so far. */
	async load(
		{ server, interrupt }: SnapshotReader,
		table: OpenTable,
		index: number,
		onRows: (rows: number) => void,
		signal: AbortSignal,
	): Promise<LoadedRange> {
		const query = await BinaryRows.prepare(server, selectOf(table, table.ranges[index] ?? {}));
		const files: string[] = [];
		let rows = 0;
		let endsLoad = false;
		try {
			for (let ended = false; !ended; ) {
				const stage = await this.#engine.loadStage(table.layout, query.columns, this.#time);
				try {
					const before = rows;
					ended = await query.next(
						into(stage, () => onRows(before + stage.rows)),
						signal,
					);
					rows += stage.rows;
					onRows(rows);
					// A table without a row has a file, which has its columns.
					const isNeeded = files.length === 0 && table.ranges.length === 1;
					if (stage.rows === 0 && !isNeeded) await stage.discard();
					else files.push(await this.#write(stage, `load-${index + 1}-${files.length + 1}`, table.name));
				} catch (error) {
					if (!isOutOfSpace(error)) await stage.discard();
					throw error;
				}
			}
			return { rows, files };
		} catch (error) {
			// With the load goes its connection; otherwise another query follows on it.
			endsLoad = affectsAll(error);
			await this.remove(files);
			throw error;
		} finally {
			if (!endsLoad) await query.close(interrupt);
		}
	}

	/** The table with all its ranges. */
	loaded({ name, tableSchema }: OpenTable, ranges: readonly LoadedRange[]): LoadedTable {
		const folder = folderOf(name);
		const files = ranges.flatMap((range) => range.files);
		return {
			...{ name, tableSchema },
			rows: ranges.reduce((sum, range) => sum + range.rows, 0),
			files: files.map((from, index) => ({ from, to: `${folder}/${loadFile(index + 1)}` })),
		};
	}

	/** Removes staged files. */
	async remove(files: readonly string[]): Promise<void> {
		for (const file of files) await rm(join(this.#staging, file), { force: true });
	}

	async #write(stage: LoadStage, prefix: string, name: TableName): Promise<string> {
		// A name may be too long for a file's, with what is before and after it.
		const digest = createHash("sha256").update(tableId(name)).digest("hex").slice(0, 32);
		const staged = `${prefix}-${digest}.parquet`;
		await stage.write(join(this.#staging, staged));
		return staged;
	}
}

/** Puts rows into a stage until they make a file. */
function into(stage: LoadStage, onRows: () => void): TakeRow {
	let bytes = 0;
	return (buffer, from, to) => {
		stage.append(buffer, from, to);
		bytes += to - from;
		if (stage.rows % reportedRows === 0 || bytes >= reportedBytes) {
			bytes = 0;
			onRows();
		}
		return stage.isFull;
	};
}

function selectOf({ name, selected, tableSchema }: OpenTable, range: KeyRange): string {
	const columns = selected.map((column) => quoteName(column.name)).join(", ");
	return `SELECT ${columns} FROM ${qualifiedName(name)}${rangeSql(tableSchema.key[0], range)}`;
}
