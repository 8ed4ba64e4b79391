import { PipelineError } from "../../../common/errors.ts";
import type { Context, Query } from "../../port.ts";
import type { CanonicalColumn } from "./canonicalColumn.ts";
import { type BucketSum, type Digested, differingBag, differingRows, type FoundRow } from "./differences.ts";
import type { Prepared, Ranges } from "./prepared.ts";
import type { SourceSnapshot } from "./sourceSnapshot.ts";
import { rangeOf, type Side } from "./tableSql.ts";

/** Bytes of a statement that Athena takes. https://docs.aws.amazon.com/athena/latest/ug/service-limits.html */
export const longestStatement = 262_144;
/** Rows of the source that one statement reads at first, where ranges part them, and how long such a statement is to take. */
const firstRows = 50_000;
const statementMs = 750;

/** One look at both sides of a table: the source in one transaction, the lake at one snapshot. */
export class Look {
	/** Bytes that Athena scanned, and their price. */
	scannedBytes = 0;
	usd = 0;

	constructor(
		private readonly prepared: Prepared,
		private readonly source: SourceSnapshot,
		private readonly query: Query,
		private readonly context: Context,
	) {}

	/** Sums of all buckets. @param onRows called with how many rows of the source were read. */
	async sums(
		onRows: (rows: number) => void,
	): Promise<{ source: Map<string, BucketSum>; lake: Map<string, BucketSum> }> {
		const { sql, inLake } = this.prepared;
		const source = new Map<string, BucketSum>();
		let rows = 0;
		const take = (found: readonly Record<string, unknown>[]): number => {
			const before = rows;
			for (const { b, n, s } of found) {
				rows += Number(n);
				// A bucket at the border of two statements comes with each of them.
				const known = source.get(String(b));
				const sum = BigInt(String(s)) + BigInt(known?.sum ?? 0);
				source.set(String(b), { rows: Number(n) + (known?.rows ?? 0), sum: String(sum) });
			}
			onRows(rows);
			return rows - before;
		};
		// Beside each other: a connection through a tunnel that idles while Athena works may be closed.
		let hasFailed = false;
		const asked = this.#inLake(sql.lake.sums(inLake));
		asked.catch(() => {
			hasFailed = true;
		});
		for await (const part of this.#parts()) {
			// What is wrong with its tables ends the work of the source, too.
			if (hasFailed) break;
			part.done(take(await this.source.rows(sql.source.sums(part.conditions))));
		}
		const lake = await asked;
		return {
			source,
			lake: new Map(lake.map(([b, n, s]) => [String(b), { rows: Number(n), sum: String(s) }])),
		};
	}

	/** The rows of some buckets that differ. */
	async rows(buckets: readonly string[]): Promise<FoundRow[]> {
		const { sql, inLake, shape } = this.prepared;
		const lake = (await this.#inLake(sql.lake.rows(buckets, inLake))).map(([k, h, j, n]) => digested(k, h, j, n));
		const found = await this.source.rows(sql.source.rows(buckets, this.#conditions(buckets)));
		const source = found.map(({ k, h, j, n }) => digested(k, h, j, n));
		return shape.key.length === 0 ? differingBag(source, lake) : differingRows(source, lake);
	}

	/**
	 * The texts of rows, by key and column; of as many of the keys as Athena takes.
	 * @param buckets where the rows are.
	 */
	async values(keys: readonly string[], buckets: readonly string[]): Promise<{ source: RowTexts; lake: RowTexts }> {
		const { sql, inLake } = this.prepared;
		const some = fitting(sql.lake, keys, inLake);
		if (some.length === 0) return { source: new Map(), lake: new Map() };
		const lake = await this.#namedInLake(sql.lake.values(some, inLake));
		const source = await this.source.rows(sql.source.values(some, this.#conditions(buckets)));
		return { source: this.#byKey(source), lake: this.#byKey(lake) };
	}

	/** The source part by part, so that it can be spared in between, where ranges part it. */
	async *#parts(): AsyncGenerator<{ conditions: string[]; done(rows: number): void }> {
		const { parting, sql } = this.prepared;
		const { buckets, ranges } = parting;
		if (buckets.by === "digest" || ranges === undefined) {
			yield { conditions: [], done: () => undefined };
			return;
		}
		let width = buckets.size * BigInt(Math.ceil(firstRows / 1000));
		for (const [first, last] of ranges) {
			for (let from = first; from <= last; ) {
				const to = from + width - 1n < last ? from + width - 1n : last;
				const begun = performance.now();
				let rows = 0;
				const conditions = [sql.source.within(buckets.column, [[from, to]])];
				yield {
					conditions,
					done: (found) => {
						rows = found;
					},
				};
				width = nextWidth(width, performance.now() - begun, rows);
				from = to + 1n;
			}
		}
	}

	/** By which the source finds the rows of buckets by its index. */
	#conditions(buckets: readonly string[]): string[] {
		const { parting, sql } = this.prepared;
		const { buckets: by, ranges = [], isSample } = parting;
		if (by.by === "digest") return [];
		const found = buckets.flatMap((bucket) => {
			const range = rangeOf(by, bucket);
			return range === undefined ? [] : [range];
		});
		if (found.length === 0) return ["1 = 0"];
		const mine = sql.source.within(by.column, found);
		return isSample ? [mine, sql.source.within(by.column, ranges as Ranges)] : [mine];
	}

	async #namedInLake(sql: string): Promise<Record<string, unknown>[]> {
		const { columns, rows } = await this.#ask(sql);
		return rows.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at]])));
	}

	async #inLake(sql: string): Promise<unknown[][]> {
		return (await this.#ask(sql)).rows;
	}

	async #ask(sql: string): Promise<Pick<Awaited<ReturnType<Query["run"]>>, "columns" | "rows">> {
		if (this.prepared.lake.from === undefined) return { columns: [], rows: [] };
		if (Buffer.byteLength(sql) > longestStatement) throw tooLong(this.prepared.shape.columns);
		const result = await this.query.run(sql, this.context);
		this.scannedBytes += result.scannedBytes ?? 0;
		this.usd += result.usd ?? 0;
		return result;
	}

	#byKey(rows: readonly Record<string, unknown>[]): RowTexts {
		const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));
		const { columns } = this.prepared.shape;
		return new Map(
			rows.map((row) => [
				String(row.k),
				columns.map(({ whole }, index) => {
					const compared = text(row[`c${index}`]);
					return { compared, shown: whole === undefined ? compared : text(row[`w${index}`]) };
				}),
			]),
		);
	}
}

/** Texts of a row's values, in the columns' order: by which it is compared, and of which it is shown. */
export type RowTexts = ReadonlyMap<string, readonly { compared: string | null; shown: string | null }[]>;

function digested(k: unknown, h: unknown, j: unknown, n: unknown): Digested {
	return { key: String(k), plain: String(h), json: String(j), rows: Number(n) };
}

/** Ranges are as wide as the source reads in the time that a statement is to take. */
function nextWidth(width: bigint, tookMs: number, rows: number): bigint {
	if (rows === 0) return width * 4n;
	if (tookMs < statementMs / 2) return width * 2n;
	return tookMs > statementMs * 2 && width > 1n ? width / 2n : width;
}

/** As many of the keys as a statement of Athena's has room for. */
function fitting(side: Side, keys: readonly string[], where: readonly string[]): string[] {
	let left = longestStatement - Buffer.byteLength(side.values([], where));
	return keys.filter((key) => {
		left -= Buffer.byteLength(key) + 4;
		return left > 0;
	});
}

function tooLong(columns: readonly CanonicalColumn[]): PipelineError {
	return new PipelineError("failure", {
		what: `The statement for ${columns.length} columns exceeds Athena's limit of ${longestStatement} bytes.`,
		fix: "Exclude columns that nobody reads (columns in pipeline.yaml), or only count the table's rows.",
		next: "pipeline-cli verify-cdc --read-only",
	});
}
