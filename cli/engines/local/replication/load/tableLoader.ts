import { join } from "node:path";
import { loadFile } from "../../../../../etl/contract/contract.ts";
import { qualifiedName, quoteName } from "../../../mysql/quote.ts";
import type { ColumnDefinition } from "../model/checkpoint.ts";
import { isOutOfSpace } from "../model/fullDisk.ts";
import { requireFolder, type TableName, tableId } from "../model/tableName.ts";
import type { Past } from "../model/takeColumns.ts";
import type { Snapshot } from "../mysql/snapshot.ts";
import { readTableSchema, type TableSchema } from "../mysql/tableSchema.ts";
import { columnType } from "../parquet/columnType.ts";
import { makeLayout } from "../parquet/layout.ts";
import type { ParquetEngine, ParquetStage } from "../parquet/parquetStage.ts";
import { readBlocks } from "./rowBlocks.ts";

/** Bytes of values, about, after which a LOAD file is closed. */
const loadFileBytes = 64 * 1024 * 1024;

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
		let stage: ParquetStage | undefined;
		let rows = 0;
		let bytes = 0;
		const closeFile = async (): Promise<void> => {
			if (stage === undefined) return;
			const file = loadFile(files.length + 1);
			const staged = `load-${files.length + 1}-${encodeURIComponent(tableId(name))}.parquet`;
			await stage.write(join(this.#staging, staged));
			files.push({ from: staged, to: `${folder}/${file}` });
			stage = undefined;
			bytes = 0;
		};
		try {
			for await (const block of readBlocks(this.#snapshot, selectOf(name, selected), signal)) {
				stage ??= await this.#engine.stage(layout);
				for (const row of block.rows) stage.appendLoaded(time, row, block.bytes / block.rows.length);
				rows += block.rows.length;
				bytes += block.bytes;
				onRows(rows);
				if (bytes >= loadFileBytes) await closeFile();
			}
			await closeFile();
		} catch (error) {
			if (!isOutOfSpace(error)) await stage?.discard();
			throw error;
		}
		return { name, tableSchema, rows, files };
	}
}

function selectOf(name: TableName, columns: readonly ColumnDefinition[]): string {
	const selected = columns.map((column) => {
		const quoted = quoteName(column.name);
		return columnType(column.type).select?.(quoted) ?? quoted;
	});
	return `SELECT ${selected.join(", ")} FROM ${qualifiedName(name)}`;
}
