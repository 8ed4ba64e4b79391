import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { changeLogColumns, lake as layout } from "../../../../etl/contract/contract.ts";
import { withDuckDb } from "../../duckdb/session.ts";
import type { SourceAccess } from "../../mysql/access.ts";
import { quoteName as quoteSource } from "../../mysql/quote.ts";
import type { ComparedTable, CompareOptions, Context } from "../../port.ts";
import type { TableShape } from "../../shared/tableShape.ts";
import { filesBelow } from "../catalog/lakeFolders.ts";
import { parquetEndings, parquetRelation, selectAll } from "../catalog/tableReader.ts";
import { type LocalPaths, lakeAccess } from "../shared/paths.ts";
import type { ComparedColumn } from "./comparedColumn.ts";
import { currentTable } from "./currentTable.ts";
import {
	arrivedRows,
	type Counted,
	columnAt,
	compareRows,
	type DifferingRow,
	type KeyedColumns,
	keyOf,
	mostRemembered,
	withKeys,
} from "./rowComparison.ts";
import { sampleOf } from "./sample.ts";
import { type ReadOptions, readSource, type SourcePiece } from "./sourceReader.ts";
import { SourceTable } from "./sourceTable.ts";

/** Of the source, so much is in memory at a time, and read meanwhile. */
const enough = { rows: 1_000_000, bytes: 128 * 1024 * 1024 };
/** Rows that are looked for by key in one statement. */
const keysAtOnce = 500;

interface Session {
	connection: DuckDBConnection;
	source: SourceTable;
}

/** One table's comparison. */
export class Comparing {
	readonly #columns: KeyedColumns;
	#rows = 0;

	constructor(
		private readonly paths: LocalPaths,
		private readonly table: ComparedTable,
		shape: TableShape<ComparedColumn>,
		private readonly access: SourceAccess,
		private readonly options: CompareOptions,
		private readonly context: Context,
	) {
		this.#columns = { columns: shape.columns, key: shape.key };
	}

	/** All rows, part by part where the key allows it. */
	all(): Promise<Counted> {
		return this.#session(async (session, lake) => {
			const { columns, key } = this.#columns;
			if (columns.length === 0) return nothing();
			const [first] = key;
			const ranges = first !== undefined && columnAt(columns, first).isWhole ? { column: first } : undefined;
			const { sample } = this.options;
			const chosen =
				sample === undefined || ranges === undefined
					? undefined
					: await sampleOf(this.access, this.table, columnAt(columns, ranges.column), sample);
			const some = chosen === undefined ? lake : `SELECT * FROM (${lake}) WHERE ${chosen.inLake}`;
			let after: string | undefined;
			return this.#inParts(session, { ranges, where: chosen?.atSource }, (upTo) => {
				const from = after;
				after = upTo;
				return ranges === undefined ? some : within(some, columnAt(columns, ranges.column), from, upTo);
			});
		});
	}

	/** What still differs of what differed before: what moved, and came as it was, does not. */
	async again(before: readonly DifferingRow[]): Promise<Counted> {
		const keys = before.map(({ keyTexts }) => keyTexts);
		const { columns, key } = this.#columns;
		const isByKey =
			key.length > 0 &&
			keys.length < mostRemembered &&
			key.every((index) => columnAt(columns, index).literal !== undefined) &&
			keys.every((texts) => !texts.includes(null));
		const now = isByKey ? await this.#byKey(keys) : await this.all();
		// Too many to know each one: they are what they are.
		if (before.length >= mostRemembered || now.rows.length >= mostRemembered) return now;
		const known = new Map(before.map((row) => [keyOf(row.keyTexts), row]));
		const stay: DifferingRow[] = [];
		const moved: DifferingRow[] = [];
		for (const row of now.rows) {
			const earlier = known.get(keyOf(row.keyTexts));
			if (earlier === undefined) continue;
			if (earlier.kind === row.kind && earlier.fingerprint === row.fingerprint) stay.push(row);
			else if (key.length > 0) moved.push(earlier);
		}
		if (moved.length > 0) {
			const arrived = await this.#arrived(moved);
			const lost = new Set(moved.map((row) => keyOf(row.keyTexts)).filter((id) => !arrived.has(id)));
			stay.push(...now.rows.filter((row) => lost.has(keyOf(row.keyTexts))));
		}
		const counts = nothing().counts;
		for (const { kind, fingerprint } of stay) counts[kind] += key.length === 0 ? Math.abs(Number(fingerprint)) : 1;
		return { ...now, counts, rows: stay };
	}

	#byKey(keys: readonly (readonly (string | null)[])[]): Promise<Counted> {
		return this.#session(async (session, lake) => {
			let total = nothing();
			for (let at = 0; at < keys.length; at += keysAtOnce) {
				const some = keys.slice(at, at + keysAtOnce);
				const where = this.#keyCondition(some);
				total = sum(total, await this.#inParts(session, { where }, () => withKeys(lake, this.#columns, some)));
			}
			return total;
		});
	}

	/** Reads rows of the source, and meanwhile compares those that were read before. @param lakeOf the lake's rows of a part. */
	async #inParts(
		{ connection, source }: Session,
		options: Pick<ReadOptions, "where" | "ranges">,
		lakeOf: (upTo: string | undefined) => string,
	): Promise<Counted> {
		let total = nothing();
		let before: Promise<void> = Promise.resolve();
		const one = async ({ rows, ends }: SourcePiece): Promise<void> => {
			if (ends === undefined) return source.keep(rows);
			const lake = lakeOf(ends.upTo);
			const compare = (relation: string, count: number): Promise<Counted> =>
				compareRows(connection, { ...this.#columns, source: relation, sourceRows: count, lake });
			total = sum(total, await source.with(rows, compare));
		};
		try {
			for await (const piece of this.#read(options)) {
				await before;
				before = one(piece);
				// It is waited for at the next piece, or at the end.
				before.catch(() => undefined);
			}
		} finally {
			// Nothing may run on the connection once it is closed; where reading failed, that is the error.
			await before.catch(() => undefined);
		}
		await before;
		return total;
	}

	#arrived(rows: readonly DifferingRow[]): Promise<Set<string>> {
		const { schema, table } = this.table;
		return this.#session(async ({ connection }, lake) => {
			const files = await filesBelow(join(this.paths.processed, layout.changeLog(schema, table)), parquetEndings);
			if (files.length === 0) return new Set<string>();
			const log = { select: `SELECT * FROM ${parquetRelation(files, [])}`, operation: changeLogColumns.op };
			return arrivedRows(connection, { ...this.#columns, lake }, log, rows);
		});
	}

	#keyCondition(keys: readonly (readonly (string | null)[])[]): string {
		const columns = this.#columns.key.map((index) => columnAt(this.#columns.columns, index));
		const values = keys.map(
			(texts) => `(${columns.map(({ literal }, at) => literal?.(texts[at] ?? "") ?? "NULL").join(", ")})`,
		);
		return `(${columns.map(({ name }) => quoteSource(name)).join(", ")}) IN (${values.join(", ")})`;
	}

	#read(options: Pick<ReadOptions, "where" | "ranges">) {
		const source = { schema: this.table.schema, table: this.table.table, columns: this.#columns.columns };
		const onRows = (count: number): void => {
			this.#rows += count;
			this.options.onProgress?.(this.#rows);
		};
		const { maxLoad } = this.options;
		return readSource(this.access, source, { ...options, maxLoad, enough, onRows }, this.context.signal);
	}

	/** @param work gets a SELECT of the current table as it is now. */
	#session<T>(work: (session: Session, lake: string) => Promise<T>): Promise<T> {
		return withDuckDb(lakeAccess(this.paths), this.context.signal, async (connection) => {
			await connection.run("SET memory_limit = '1GB'");
			const source = new SourceTable(connection, this.#columns.columns);
			return work({ connection, source }, await selectAll(currentTable(this.table), this.paths, connection));
		});
	}
}

/** Rows of the lake whose key is in a range; those without a key are in the last one. */
function within(
	lake: string,
	{ lakeSql: name }: ComparedColumn,
	after: string | undefined,
	upTo: string | undefined,
): string {
	const conditions = [
		...(after === undefined ? [] : [`${name} > ${after}`]),
		...(upTo === undefined ? [] : [`${name} <= ${upTo}`]),
	];
	if (conditions.length === 0) return lake;
	const isLast = upTo === undefined ? ` OR ${name} IS NULL` : "";
	return `SELECT * FROM (${lake}) WHERE (${conditions.join(" AND ")})${isLast}`;
}

function nothing(): Counted {
	return { source: 0, lake: 0, counts: { missing: 0, extra: 0, changed: 0, doubled: 0 }, rows: [] };
}

function sum(a: Counted, b: Counted): Counted {
	return {
		source: a.source + b.source,
		lake: a.lake + b.lake,
		counts: {
			missing: a.counts.missing + b.counts.missing,
			extra: a.counts.extra + b.counts.extra,
			changed: a.counts.changed + b.counts.changed,
			doubled: a.counts.doubled + b.counts.doubled,
		},
		rows: [...a.rows, ...b.rows].slice(0, mostRemembered),
	};
}
