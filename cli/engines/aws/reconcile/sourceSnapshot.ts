import { columnAction, type Pipeline } from "../../../../etl/contract/pipeline/pipeline.ts";
import { poll } from "../../../common/poll.ts";
import { quoteName } from "../../mysql/quote.ts";
import type { SourceConnection } from "../../port.ts";
import type { SourceColumn } from "../../shared/tableShape.ts";

/** Milliseconds between looks while the source is too busy. */
const pauseMs = 500;

/** A table of the source, as the server describes it. */
export interface SourceTable {
	columns: SourceColumn[];
	/** Names of the primary key's columns, in order. */
	key: string[];
}

/** One transaction in which all rows of the source stay as they were at its start. Needs no right but SELECT, and holds no lock. */
export class SourceSnapshot {
	private constructor(
		private readonly connection: SourceConnection,
		private readonly signal: AbortSignal,
		private readonly maxLoad: number | undefined,
	) {}

	/** @param maxLoad pauses before a statement while the source has more threads running. */
	static async open(
		connection: SourceConnection,
		signal: AbortSignal,
		maxLoad: number | undefined,
	): Promise<SourceSnapshot> {
		await connection.query("SET SESSION time_zone = '+00:00'");
		await connection.query("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
		await connection.query("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
		return new SourceSnapshot(connection, signal, maxLoad);
	}

	async rows(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]> {
		if (this.maxLoad !== undefined) await this.#free(this.maxLoad);
		this.signal.throwIfAborted();
		return this.connection.query(sql, values);
	}

	/** @param pipeline says what is done with each column. */
	async table(name: { schema: string; table: string }, pipeline: Pipeline): Promise<SourceTable> {
		const { schema, table } = name;
		const columns = await this.connection.query(
			`SELECT COLUMN_NAME AS name, COLUMN_TYPE AS type FROM INFORMATION_SCHEMA.COLUMNS
			WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`,
			[schema, table],
		);
		if (columns.length === 0) throw new Error(`${schema}.${table} was dropped at the source during the comparison`);
		const key = await this.connection.query(
			`SELECT COLUMN_NAME AS name FROM INFORMATION_SCHEMA.STATISTICS
			WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX`,
			[schema, table],
		);
		return {
			columns: columns.map((row) => {
				const column = String(row.name);
				return { name: column, type: String(row.type), action: columnAction(pipeline, name, column) };
			}),
			key: key.map((row) => String(row.name)),
		};
	}

	/** The lowest and the highest value of a whole number; undefined where there is no row. */
	async bounds(from: string, column: string): Promise<[bigint, bigint] | undefined> {
		const name = quoteName(column);
		const [row] = await this.connection.query(
			`SELECT CAST(MIN(${name}) AS CHAR) AS low, CAST(MAX(${name}) AS CHAR) AS high FROM ${from}`,
		);
		if (row === undefined || row.low === null) return undefined;
		return [BigInt(String(row.low)), BigInt(String(row.high))];
	}

	async #free(most: number): Promise<void> {
		await poll({ firstMs: pauseMs, signal: this.signal }, async () => {
			const [row] = await this.connection.query("SHOW GLOBAL STATUS LIKE 'Threads_running'");
			return Number(row?.Value) > most ? undefined : true;
		});
	}
}
