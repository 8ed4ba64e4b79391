import type { DuckDBConnection } from "@duckdb/node-api";
import { poll } from "../../../common/poll.ts";
import type { SourceAccess } from "../../mysql/access.ts";
import { qualifiedName, quoteName } from "../../mysql/quote.ts";
import { lengthAt } from "../replication/mysql/resultRows.ts";
import { Server } from "../replication/mysql/server.ts";
import { TextRows } from "../replication/mysql/textRows.ts";
import type { ComparedColumn } from "./comparedColumn.ts";
import { RowTable } from "./rowTable.ts";

/** Rows read between two looks at how busy the source is. */
const rowsBetweenLooks = 50_000;
/** Milliseconds between looks while it is too busy. */
const pauseMs = 500;

export interface SourceTable {
	schema: string;
	table: string;
	columns: readonly ComparedColumn[];
}

export interface ReadOptions {
	/** A condition on the rows; all of them without it. */
	where?: string | undefined;
	/** Index of a column by whose ranges the rows come: in its order, in parts of about so many rows. */
	ranges?: { column: number; rows: number } | undefined;
	maxLoad?: number | undefined;
	onRows(count: number): void;
}

/** Rows of one table, as the source printed them. */
export interface SourcePart {
	table: RowTable;
	/** The highest value of the ranges' column, as text; undefined in the last part. */
	upTo: string | undefined;
}

/** Reads rows of a table in one consistent snapshot. Needs no right but SELECT, and holds no lock. */
export async function* readSource(
	access: SourceAccess,
	source: SourceTable,
	connection: DuckDBConnection,
	options: ReadOptions,
	signal: AbortSignal,
): AsyncGenerator<SourcePart> {
	const server = await Server.connect(access);
	let isWhole = false;
	try {
		await server.rows("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
		await server.rows("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
		const rows = new TextRows(server, statement(source, options));
		const load = options.maxLoad === undefined ? undefined : await Load.open(access, options.maxLoad);
		try {
			while (!isWhole) {
				const table = await RowTable.create(connection, source.columns);
				const upTo = await fill(table, rows, options, load, signal);
				isWhole = upTo === undefined;
				yield { table, upTo };
			}
		} finally {
			await load?.close();
		}
	} finally {
		// A query that is half read would be read to its end before the connection closes.
		if (isWhole) await server.close();
		else server.connection.destroy();
	}
}

function statement({ columns, ...name }: SourceTable, { where, ranges }: ReadOptions): string {
	const list = columns.map(({ select }, index) => `${select} AS c${index}`).join(", ");
	const condition = where === undefined ? "" : ` WHERE ${where}`;
	const ordered = ranges === undefined ? "" : ` ORDER BY ${quoteName(columns[ranges.column]?.name ?? "")}`;
	return `SELECT ${list} FROM ${qualifiedName(name)}${condition}${ordered}`;
}

/** @returns where the part ends; undefined where the rows end with it. */
async function fill(
	table: RowTable,
	rows: TextRows,
	{ ranges, onRows }: ReadOptions,
	load: Load | undefined,
	signal: AbortSignal,
): Promise<string | undefined> {
	let last: string | undefined;
	let cutAt: string | undefined;
	let held: Buffer | undefined;
	let sinceLook = 0;
	const take = (buffer: Buffer, from: number, to: number): boolean => {
		sinceLook += 1;
		if (ranges !== undefined && table.rows >= ranges.rows) {
			const value = valueAt(buffer, from, ranges.column);
			if (last !== undefined && value !== last) {
				cutAt = last;
				// It is the first of the next part.
				held = Buffer.from(buffer.subarray(from, to));
				return true;
			}
			last = value;
		}
		table.append(buffer, from, to);
		return sinceLook >= rowsBetweenLooks;
	};
	for (;;) {
		const ended = await rows.next(take, signal);
		onRows(sinceLook);
		sinceLook = 0;
		if (held !== undefined || ended) break;
		await load?.pass(signal);
	}
	table.close();
	if (held !== undefined) rows.putBack(held);
	return cutAt;
}

/** The text of a value in a row of the text protocol. */
function valueAt(buffer: Buffer, from: number, column: number): string {
	let at = from;
	for (let index = 0; ; index += 1) {
		if (buffer[at] === 0xfb) {
			if (index === column) return "";
			at += 1;
			continue;
		}
		const { length, next } = lengthAt(buffer, at);
		if (index === column) return buffer.toString("latin1", next, next + length);
		at = next + length;
	}
}

/** How busy the source is. */
class Load {
	private constructor(
		private readonly server: Server,
		private readonly most: number,
	) {}

	static async open(access: SourceAccess, most: number): Promise<Load> {
		return new Load(await Server.connect(access), most);
	}

	/** Waits while the source has more threads running than it may. */
	async pass(signal: AbortSignal): Promise<void> {
		await poll({ firstMs: pauseMs, signal }, async () => {
			const [row] = await this.server.rows("SHOW GLOBAL STATUS LIKE 'Threads_running'");
			return Number(row?.Value) > this.most ? undefined : true;
		});
	}

	async close(): Promise<void> {
		await this.server.close();
	}
}
