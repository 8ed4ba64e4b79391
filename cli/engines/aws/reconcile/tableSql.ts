import { qualifiedName, quoteName, quoteText } from "../../mysql/quote.ts";
import { type CanonicalColumn, quoteLakeText } from "./canonicalColumn.ts";

/** How rows are parted: by ranges of a whole number of the key, each of so many numbers from a first one; or by a digest. */
export type Buckets = { by: "range"; column: CanonicalColumn; first: bigint; size: bigint } | { by: "digest" };

/** A table whose rows are compared. */
export interface SqlTable {
	schema: string;
	table: string;
	columns: readonly CanonicalColumn[];
	/** Indexes of the key's columns; none where the rows are a bag. */
	key: readonly number[];
	/** The table in Trino's SQL at one snapshot, as FROM takes it; undefined where it holds no row. */
	lake: string | undefined;
	buckets: Buckets;
}

/** Values of one concatenation: Trino takes about 120 arguments of a function. */
const joinedAtOnce = 50;
/** Hexadecimal digits of a digest that part rows into 4096 buckets. */
const bucketDigits = 3;
/** Hexadecimal digits of a row's digest that are summed up: they fit into 64 bits on each engine. */
const summedDigits = 15;

/** One side's SQL. MySQL and Trino differ in names, quotes and functions; what is computed is the same. */
interface Dialect {
	text(column: CanonicalColumn): string;
	whole(column: CanonicalColumn): string;
	digest(text: string): string;
	number(hex: string): string;
	decimal(column: CanonicalColumn): string;
	integer(value: bigint): string;
	literal(text: string): string;
	from(table: SqlTable): string;
	asText(value: string): string;
}

const source: Dialect = {
	text: ({ source: text }) => text,
	whole: ({ whole, source: text }) => whole?.source ?? text,
	digest: (text) => `UPPER(SHA2(${text}, 256))`,
	number: (hex) => `CAST(CONV(${hex}, 16, 10) AS UNSIGNED)`,
	decimal: ({ name }) => `CAST(${quoteName(name)} AS DECIMAL(38,0))`,
	integer: (value) => String(value),
	literal: quoteText,
	from: qualifiedName,
	asText: (value) => `CAST(${value} AS CHAR)`,
};

const lake: Dialect = {
	text: ({ lake: text }) => text,
	whole: ({ whole, lake: text }) => whole?.lake ?? text,
	digest: (text) => `to_hex(sha256(to_utf8(${text})))`,
	number: (hex) => `CAST(from_base(${hex}, 16) AS decimal(38,0))`,
	decimal: ({ lakeSql }) => `CAST(${lakeSql} AS decimal(38,0))`,
	// A literal of Trino's has the digits that it shows, and two of them no room for their difference.
	integer: (value) => `CAST('${value}' AS decimal(38,0))`,
	literal: quoteLakeText,
	from: (table) => table.lake ?? "",
	asText: (value) => `CAST(${value} AS varchar)`,
};

/** The statements that compare one table, on both sides. All results are texts; columns have the same names on both. */
export class TableSql {
	readonly source: Side;
	readonly lake: Side;

	constructor(table: SqlTable) {
		this.source = new Side(table, source);
		this.lake = new Side(table, lake);
	}
}

/** @param where conditions on rows, all of which must hold. */
export class Side {
	constructor(
		private readonly table: SqlTable,
		private readonly dialect: Dialect,
	) {}

	/** `b`, `n`, `s`: a bucket, its rows, and the sum of their digests. */
	sums(where: readonly string[]): string {
		const { digest, number, asText } = this.dialect;
		const summed = number(`SUBSTR(${digest(this.#row(() => true))}, 1, ${summedDigits})`);
		return `SELECT b, COUNT(*) AS n, ${asText("SUM(h)")} AS s FROM (SELECT ${this.#bucket()} AS b, ${summed} AS h FROM ${this.#from(where)}) AS r GROUP BY b`;
	}

	/**
	 * `k`, `h`, `j`, `n` of rows of some buckets: the key, the digest of all but JSON, that of JSON alone, and how many such rows there are.
	 * Of a bag the key is the digest of the row.
	 */
	rows(buckets: readonly string[], where: readonly string[]): string {
		const { columns } = this.table;
		const { digest } = this.dialect;
		const hasJson = this.#isKeyed && columns.some(({ isJson }) => isJson);
		const plain = digest(this.#row(({ isJson }) => !(hasJson && isJson)));
		const json = hasJson ? digest(this.#row(({ isJson }) => isJson)) : "''";
		const among = this.#among(this.#bucket(), buckets);
		return `SELECT k, h, j, COUNT(*) AS n FROM (SELECT ${this.#key()} AS k, ${plain} AS h, ${json} AS j FROM ${this.#from([...where, among])}) AS r GROUP BY k, h, j`;
	}

	/** `k`, `c0`, `c1` …, `w0`, `w1` …: the texts of all columns, and more of those whose text is but a digest. */
	values(keys: readonly string[], where: readonly string[]): string {
		const { columns } = this.table;
		const { text, whole } = this.dialect;
		const list = columns.map((column, index) => `${text(column)} AS c${index}`);
		const more = columns.flatMap((column, index) =>
			column.whole === undefined ? [] : [`${whole(column)} AS w${index}`],
		);
		const key = this.#key();
		return `SELECT DISTINCT ${[`${key} AS k`, ...list, ...more].join(", ")} FROM ${this.#from([...where, this.#among(key, keys)])}`;
	}

	/** Rows whose number of the buckets' column is in one of some ranges, both ends within. */
	within(column: CanonicalColumn, ranges: readonly (readonly [bigint, bigint])[]): string {
		const name = this.dialect === source ? quoteName(column.name) : column.lakeSql;
		return `(${ranges.map(([from, to]) => `${name} BETWEEN ${from} AND ${to}`).join(" OR ")})`;
	}

	get #isKeyed(): boolean {
		return this.table.key.length > 0;
	}

	#from(where: readonly string[]): string {
		const condition = where.length === 0 ? "" : ` WHERE ${where.join(" AND ")}`;
		return `${this.dialect.from(this.table)}${condition}`;
	}

	#among(value: string, texts: readonly string[]): string {
		return `${value} IN (${texts.map((text) => this.dialect.literal(text)).join(", ")})`;
	}

	/** The texts of some columns as one. */
	#row(isPart: (column: CanonicalColumn) => boolean): string {
		return this.#joined(this.table.columns.filter(isPart));
	}

	#key(): string {
		const { columns, key } = this.table;
		if (!this.#isKeyed) return this.dialect.digest(this.#row(() => true));
		return this.#joined(key.flatMap((index) => columns[index] ?? []));
	}

	#joined(columns: readonly CanonicalColumn[]): string {
		const values = columns.map((column) => `COALESCE(${this.dialect.text(column)}, '~')`);
		return joined(values);
	}

	#bucket(): string {
		const { buckets } = this.table;
		const { digest, decimal, integer, asText } = this.dialect;
		if (buckets.by === "digest") return `SUBSTR(${digest(this.#key())}, 1, ${bucketDigits})`;
		const offset = `(${decimal(buckets.column)} - ${integer(buckets.first)})`;
		return `COALESCE(${asText(`${offset} - MOD(${offset}, ${integer(buckets.size)})`)}, '~')`;
	}
}

/** Texts as one, in groups of groups where they are many. */
function joined(values: readonly string[]): string {
	const [only] = values;
	if (only !== undefined && values.length === 1) return only;
	if (values.length <= joinedAtOnce) return `CONCAT_WS('|', ${values.join(", ")})`;
	const groups: string[] = [];
	for (let at = 0; at < values.length; at += joinedAtOnce) groups.push(joined(values.slice(at, at + joinedAtOnce)));
	return joined(groups);
}

/** The numbers of a bucket's rows, both ends within; undefined for a bucket of rows without the number. */
export function rangeOf(
	{ first, size }: { first: bigint; size: bigint },
	bucket: string,
): [bigint, bigint] | undefined {
	if (bucket === "~") return undefined;
	const offset = BigInt(bucket);
	// The remainder has the sign of the number, so that the bucket 0 reaches to both sides of the first one.
	const from = first + offset - (offset > 0n ? 0n : size - 1n);
	return [from, first + offset + (offset < 0n ? 0n : size - 1n)];
}
