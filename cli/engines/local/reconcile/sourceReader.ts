import { poll } from "../../../common/poll.ts";
import type { SourceAccess } from "../../mysql/access.ts";
import { qualifiedName, quoteName } from "../../mysql/quote.ts";
import { lengthAt } from "../replication/mysql/resultRows.ts";
import type { Server } from "../replication/mysql/server.ts";
import { TextRows } from "../replication/mysql/textRows.ts";
import type { ComparedColumn } from "./comparedColumn.ts";
import { reach } from "./reach.ts";
import { type Enough, SourceRows } from "./sourceRows.ts";

/** Rows read between two looks at how busy the source is. */
const rowsBetweenLooks = 50_000;
/** Milliseconds between looks while it is too busy. */
const pauseMs = 500;

export interface SourceTableName {
	schema: string;
	table: string;
	columns: readonly ComparedColumn[];
}

export interface ReadOptions {
	/** A condition on the rows; all of them without it. */
	where?: string | undefined;
	/** Index of a column by whose ranges the rows come: in its order, in parts of at least one piece. */
	ranges?: { column: number } | undefined;
	maxLoad?: number | undefined;
	/** What a piece has at least; the last one has what is left. */
	enough: Enough;
	onRows(count: number): void;
}

/** Rows of one table, as the source printed them, in parts of which each is in one or more pieces. */
export interface SourcePiece {
	rows: SourceRows;
	/** What of the part ends with it: `upTo` is the highest value of the ranges' column, as text, and undefined in the last part. */
	ends: { upTo: string | undefined } | undefined;
}

/** Reads rows of a table in one consistent snapshot. Needs no right but SELECT, and holds no lock. */
export async function* readSource(
	access: SourceAccess,
	source: SourceTableName,
	options: ReadOptions,
	signal: AbortSignal,
): AsyncGenerator<SourcePiece> {
	const server = await reach(access);
	let isWhole = false;
	try {
		await server.rows("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
		await server.rows("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
		const rows = new TextRows(server, statement(source, options));
		const load = options.maxLoad === undefined ? undefined : await Load.open(access, options.maxLoad);
		try {
			while (!isWhole) {
				const { isLast, ...piece } = await fill(rows, options, load, signal);
				isWhole = isLast;
				yield piece;
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

function statement({ columns, ...name }: SourceTableName, { where, ranges }: ReadOptions): string {
	const list = columns.map(({ select }, index) => `${select} AS c${index}`).join(", ");
	const condition = where === undefined ? "" : ` WHERE ${where}`;
	const ordered = ranges === undefined ? "" : ` ORDER BY ${quoteName(columns[ranges.column]?.name ?? "")}`;
	return `SELECT ${list} FROM ${qualifiedName(name)}${condition}${ordered}`;
}

/** Reads the next piece: as much as should be in memory, and as ends with a value where there are ranges. */
async function fill(
	rows: TextRows,
	{ ranges, enough, onRows }: ReadOptions,
	load: Load | undefined,
	signal: AbortSignal,
): Promise<SourcePiece & { isLast: boolean }> {
	const piece = new SourceRows(enough);
	let last: string | undefined;
	let isCut = false;
	/** The first row of the next piece. */
	let held: Buffer | undefined;
	let sinceLook = 0;
	const take = (buffer: Buffer, from: number, to: number): boolean => {
		sinceLook += 1;
		if (piece.isFull()) {
			const value = ranges === undefined ? undefined : valueAt(buffer, from, ranges.column);
			isCut = last !== undefined && value !== last;
			// Many rows may have one value.
			if (isCut || ranges === undefined || piece.isFull(2)) {
				held = Buffer.from(buffer.subarray(from, to));
				return true;
			}
			last = value;
		}
		piece.append(buffer, from, to);
		return sinceLook >= rowsBetweenLooks;
	};
	let isLast = false;
	while (held === undefined && !isLast) {
		isLast = await rows.next(take, signal);
		onRows(sinceLook);
		sinceLook = 0;
		if (held === undefined && !isLast) await load?.pass(signal);
	}
	piece.close();
	if (held !== undefined) rows.putBack(held);
	// The row that is held may have been the last.
	isLast &&= held === undefined;
	return { rows: piece, isLast, ends: isLast ? { upTo: undefined } : isCut ? { upTo: last } : undefined };
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
		return new Load(await reach(access), most);
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
