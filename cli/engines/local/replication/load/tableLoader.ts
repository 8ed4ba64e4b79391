import { join } from "node:path";
import { loadFile } from "../../../../../etl/contract/contract.ts";
import { qualifiedName, quoteName } from "../../../mysql/quote.ts";
import type { ColumnDefinition } from "../model/checkpoint.ts";
import { isOutOfSpace } from "../model/fullDisk.ts";
import { requireFolder, type TableName, tableId } from "../model/tableName.ts";
import type { Past } from "../model/takeColumns.ts";
import { BinaryRows, type TakeRow } from "../mysql/binaryRows.ts";
import { isTransient } from "../mysql/errors.ts";
import type { Snapshot } from "../mysql/snapshot.ts";
import { readTableSchema, type TableSchema } from "../mysql/tableSchema.ts";
import { makeLayout } from "../parquet/layout.ts";
import type { LoadStage } from "../parquet/loadStage.ts";
import type { ParquetEngine } from "../parquet/parquetEngine.ts";

/** Rows from one report of the progress to the next. */
const reportedRows = 8192;

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

/** A table was altered (ER_TABLE_DEF_CHANGED) or dropped (ER_NO_SUCH_TABLE) too late for the snapshot to know. */
export function isTableChanged(error: unknown): boolean {
	return [1146, 1412].includes((error as { errno?: number }).errno ?? 0);
}

/** Whether no table can be loaded after this error, from this snapshot or at all. */
export function affectsAll(error: unknown): boolean {
	return isTransient(error) || isOutOfSpace(error) || isTableChanged(error);
}

/** Reads one table of a snapshot into staged LOAD files. */
export class TableLoader {
	readonly #snapshot: Snapshot;
	readonly #engine: ParquetEngine;
	readonly #staging: string;
	readonly #take: TakeSchema;

	constructor(snapshot: Snapshot, engine: ParquetEngine, staging: string, take: TakeSchema) {
		this.#take = take;
		this.#snapshot = snapshot;
		this.#engine = engine;
		this.#staging = staging;
	}

	/**
	 * @param onRows called with the rows read so far.
	 * @returns undefined where the table does not exist any more.
	 */
	async load(name: TableName, onRows: (rows: number) => void, signal: AbortSignal): Promise<LoadedTable | undefined> {
		const { server } = this.#snapshot;
		const folder = requireFolder(name);
		// Reading the table first holds back any ALTER until the snapshot ends, so that definition and rows belong together.
		try {
			await server.rows(`SELECT 1 FROM ${qualifiedName(name)} LIMIT 1`);
		} catch (error) {
			if ((error as { errno?: number }).errno === 1146) return undefined;
			throw error;
		}
		const read = await readTableSchema(server, name);
		if (read === undefined) return undefined;
		const tableSchema = this.#take(name, read);
		// What is dropped is not even asked for.
		const selected = tableSchema.columns.filter(({ action }) => action !== "drop");
		const layout = makeLayout(selected, tableSchema.key);
		const files: LoadedTable["files"] = [];
		const time = Date.now();
		const query = await BinaryRows.prepare(server, selectOf(name, selected));
		let rows = 0;
		let endsLoad = false;
		try {
			for (let ended = false; !ended; ) {
				const stage = await this.#engine.loadStage(layout, query.columns, time);
				try {
					const before = rows;
					ended = await query.next(
						into(stage, () => onRows(before + stage.rows)),
						signal,
					);
					rows += stage.rows;
					onRows(rows);
					if (stage.rows === 0) await stage.discard();
					else files.push(await this.#write(stage, name, folder, files.length + 1));
				} catch (error) {
					if (!isOutOfSpace(error)) await stage.discard();
					throw error;
				}
			}
		} catch (error) {
			// With the load goes its connection; otherwise the next table's query follows on it.
			endsLoad = signal.aborted || affectsAll(error);
			throw error;
		} finally {
			if (!endsLoad) await query.close(this.#snapshot.interrupt);
		}
		return { name, tableSchema, rows, files };
	}

	async #write(
		stage: LoadStage,
		name: TableName,
		folder: string,
		number: number,
	): Promise<LoadedTable["files"][number]> {
		const staged = `load-${number}-${encodeURIComponent(tableId(name))}.parquet`;
		await stage.write(join(this.#staging, staged));
		return { from: staged, to: `${folder}/${loadFile(number)}` };
	}
}

/** Puts rows into a stage until they make a file. */
function into(stage: LoadStage, onRows: () => void): TakeRow {
	return (buffer, from, to) => {
		stage.append(buffer, from, to);
		if (stage.rows % reportedRows === 0) onRows();
		return stage.isFull;
	};
}

function selectOf(name: TableName, columns: readonly ColumnDefinition[]): string {
	return `SELECT ${columns.map((column) => quoteName(column.name)).join(", ")} FROM ${qualifiedName(name)}`;
}
