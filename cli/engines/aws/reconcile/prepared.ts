import type { Pipeline } from "../../../../etl/contract/pipeline/pipeline.ts";
import { qualifiedName } from "../../mysql/quote.ts";
import type { ComparedTable } from "../../port.ts";
import { chooseRanges } from "../../shared/chooseRanges.ts";
import { shapeOf, type TableShape } from "../../shared/tableShape.ts";
import { type CanonicalColumn, canonicalColumn } from "./canonicalColumn.ts";
import type { LakeTable } from "./lakeTable.ts";
import type { SourceSnapshot } from "./sourceSnapshot.ts";
import { type Buckets, type SqlTable, TableSql } from "./tableSql.ts";

/** Rows of a bucket, about, and how many buckets there are at least and at most. */
const bucketRows = 1000;
const fewestBuckets = 64n;
const mostBuckets = 50_000n;

/** Ranges of whole numbers, both ends within. */
export type Ranges = readonly (readonly [from: bigint, to: bigint])[];

/** How rows are parted, and which are looked at: the same at each look. */
export interface Parting {
	buckets: Buckets;
	/** The numbers of the buckets' column that the source has, of a sample those that were chosen; absent where rows are parted by digest. */
	ranges?: Ranges;
	isSample: boolean;
}

/** All that a comparison of one table goes by. */
export interface Prepared {
	shape: TableShape<CanonicalColumn>;
	parting: Parting;
	sql: TableSql;
	lake: LakeTable;
	/** Conditions on the lake's rows. */
	inLake: readonly string[];
}

/** @param before how rows were parted at the look before. */
export async function prepare(
	table: ComparedTable,
	source: SourceSnapshot,
	lake: LakeTable,
	pipeline: Pipeline,
	sample: number | undefined,
	before?: Parting,
): Promise<Prepared> {
	const { columns, key } = await source.table(table, pipeline);
	const shape = shapeOf(columns, key, lake.columns, (name, type, isHashed, inLake) =>
		canonicalColumn(name, type, isHashed, key.includes(name), inLake),
	);
	const parting = before ?? (await parted(table, shape, source, sample));
	const { buckets, ranges = [], isSample } = parting;
	const { schema, table: name } = table;
	const described: SqlTable = { schema, table: name, columns: shape.columns, key: shape.key, lake: lake.from, buckets };
	const sql = new TableSql(described);
	const inLake = isSample && buckets.by === "range" ? [sql.lake.within(buckets.column, ranges)] : [];
	return { shape, parting, sql, lake, inLake };
}

async function parted(
	table: ComparedTable,
	{ columns, key }: TableShape<CanonicalColumn>,
	source: SourceSnapshot,
	sample: number | undefined,
): Promise<Parting> {
	const column = columns[key[0] ?? -1];
	if (column === undefined || !column.isWhole) return { buckets: { by: "digest" }, isSample: false };
	const bounds = await source.bounds(qualifiedName(table), column.name);
	if (bounds === undefined) {
		return { buckets: { by: "range", column, first: 0n, size: BigInt(bucketRows) }, ranges: [], isSample: false };
	}
	const [low, high] = bounds;
	const wanted = BigInt(Math.ceil(table.estimate / bucketRows));
	const count = wanted < fewestBuckets ? fewestBuckets : wanted > mostBuckets ? mostBuckets : wanted;
	const buckets: Buckets = { by: "range", column, first: low, size: (high - low) / count + 1n };
	if (sample === undefined) return { buckets, ranges: [bounds], isSample: false };
	return { buckets, ranges: chooseRanges(low, high, sample, Math.random), isSample: true };
}
