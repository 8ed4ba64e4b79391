import type { Pipeline } from "../../../../etl/contract/pipeline/pipeline.ts";
import { counted } from "../../../common/grouped.ts";
import type {
	ColumnDifference,
	ComparedTable,
	CompareOptions,
	Context,
	DifferenceKind,
	Query,
	QueryCost,
	RowDifference,
	SourceConnection,
	Suspects,
	TableComparison,
} from "../../port.ts";
import { differingBuckets, type FoundRow, stillDiffering } from "./differences.ts";
import type { LakeTable } from "./lakeTable.ts";
import { Look, type RowTexts } from "./look.ts";
import { type Parting, type Prepared, prepare } from "./prepared.ts";
import { isSameJson } from "./sameJson.ts";
import { SourceSnapshot } from "./sourceSnapshot.ts";

/** Rows that differ that a report shows. */
const mostExamples = 100;
/** Rows whose JSON is read to see whether it is the same in another text. */
const mostJson = 1000;
/** Rows and buckets that are looked into: Athena gives 1000 rows at a time. */
const mostRows = 200_000;
const mostBuckets = 4000;
/** Characters of a value that are shown. */
const shownCharacters = 200;

const byDigest: Parting = { buckets: { by: "digest" }, isSample: false };

/** What a comparison of tables on AWS works with. */
export interface Sides {
	connect(): Promise<SourceConnection>;
	/** The current table as it is now. */
	lake(table: ComparedTable): Promise<LakeTable>;
	pipeline: Pipeline;
	query: Query;
}

interface Compared {
	comparison: TableComparison;
	suspects: Suspects | undefined;
}

/** Compares all rows of a table by digests: of buckets of rows, of the rows of those that differ, then their values. */
export class ComparingTable {
	constructor(
		private readonly sides: Sides,
		private readonly table: ComparedTable,
		private readonly options: CompareOptions,
	) {}

	/** @returns `suspects` where rows differ. */
	async compare(context: Context): Promise<Compared> {
		const begun = performance.now();
		const spent = { scannedBytes: 0, usd: 0 };
		const found =
			(await this.#compare(context, begun, undefined, spent)) ?? (await this.#compare(context, begun, byDigest, spent));
		if (found === undefined) throw new Error("rows that are parted by digest are not parted by range");
		return found;
	}

	/** @returns undefined where rows differ in ranges of the key that hold too many: most of its numbers are close to each other. */
	#compare(
		context: Context,
		begun: number,
		parting: Parting | undefined,
		spent: QueryCost,
	): Promise<Compared | undefined> {
		return this.#looking(context, parting, async (prepared, look) => {
			const { shape } = prepared;
			if (shape.columns.length === 0) return { comparison: this.#nothing(prepared, begun), suspects: undefined };
			look.scannedBytes = spent.scannedBytes;
			look.usd = spent.usd;
			const sums = await look.sums((rows) => this.options.onProgress?.(rows));
			const differing = differingBuckets(sums.source, sums.lake);
			const { buckets: by, isSample } = prepared.parting;
			if (by.by === "range" && !isSample && differing.some(({ rows: many }) => many > mostRows)) {
				spent.scannedBytes = look.scannedBytes;
				spent.usd = look.usd;
				return undefined;
			}
			const into = chosen(differing);
			const buckets = into.map(({ bucket }) => bucket);
			const rows = buckets.length === 0 ? [] : await look.rows(buckets);
			const total = (side: typeof sums.source): number => [...side.values()].reduce((sum, one) => sum + one.rows, 0);
			const notCompared = beyond(differing.slice(into.length));
			const base = { ...this.#nothing(prepared, begun), rows: { source: total(sums.source), lake: total(sums.lake) } };
			const open = { ...base, notCompared: [...shape.notCompared, ...notCompared] };
			return this.#result({ prepared, look, buckets, base: open, begun }, rows, [], []);
		});
	}

	/** A second look at rows that differed, in the same buckets. */
	#again(
		of: Omit<Found, "prepared" | "look" | "begun">,
		before: readonly FoundRow[],
		stayed: readonly FoundRow[],
		parting: Parting,
	): Suspects {
		return {
			again: (context) => {
				const begun = performance.now() - of.base.seconds * 1000;
				return this.#looking(context, parting, async (prepared, look) => {
					const { stay, moved } = stillDiffering(before, await look.rows(of.buckets));
					return this.#result({ ...of, prepared, look, begun }, [], [...stayed, ...stay], moved);
				});
			},
		};
	}

	/**
	 * What is reported of rows that differ.
	 * @param fresh at the first look; `stayed`, that differed as they do before; `moved`, that differ otherwise than before.
	 */
	async #result(
		of: Found,
		fresh: readonly FoundRow[],
		stayed: readonly FoundRow[],
		moved: readonly FoundRow[],
	): Promise<Compared> {
		const { prepared, look, base, buckets, begun } = of;
		const all = await withoutSameJson(look, prepared, [...fresh, ...stayed, ...moved], buckets);
		const { texts, unread } = all;
		const rows = all.rows.filter((row) => !moved.includes(row));
		const inMotion = all.rows.filter((row) => moved.includes(row));
		const counts = { ...base.counts };
		for (const { kind, rows: many } of rows) counts[kind] += many;
		const open = [...base.notCompared, ...unread, ...moving(inMotion)];
		const isFresh = fresh.length > 0;
		const comparison: TableComparison = {
			...base,
			counts,
			notCompared: open,
			examples: rows.slice(0, mostExamples).map((row) => example(row, prepared, texts)),
			seconds: (performance.now() - begun) / 1000,
			cost: {
				scannedBytes: (base.cost?.scannedBytes ?? 0) + look.scannedBytes,
				usd: (base.cost?.usd ?? 0) + look.usd,
			},
		};
		const { seconds, cost } = comparison;
		const kept = { ...base, seconds, ...(cost && { cost }), notCompared: [...base.notCompared, ...unread] };
		const before = isFresh ? rows : inMotion;
		if (before.length === 0) return { comparison, suspects: undefined };
		return {
			comparison,
			suspects: this.#again({ buckets, base: kept }, before, isFresh ? [] : rows, prepared.parting),
		};
	}

	async #looking<T>(
		context: Context,
		before: Parting | undefined,
		work: (prepared: Prepared, look: Look) => Promise<T>,
	): Promise<T> {
		const { table } = this;
		const { pipeline, query } = this.sides;
		const lake = await this.sides.lake(table);
		const connection = await this.sides.connect();
		try {
			const source = await SourceSnapshot.open(connection, context.signal, this.options.maxLoad);
			const prepared = await prepare(table, source, lake, pipeline, this.options.sample, before);
			return await work(prepared, new Look(prepared, source, query, context));
		} finally {
			await connection.close();
		}
	}

	#nothing({ shape }: Prepared, begun: number): TableComparison {
		const { schema, table } = this.table;
		return {
			...{ schema, table, rows: { source: 0, lake: 0 } },
			key: shape.key.flatMap((index) => shape.columns[index]?.name ?? []),
			...{ columns: shape.differences, withheld: shape.withheld, notCompared: shape.notCompared },
			...{ counts: { missing: 0, extra: 0, changed: 0, doubled: 0 }, examples: [] },
			seconds: (performance.now() - begun) / 1000,
		};
	}
}

interface Found {
	prepared: Prepared;
	look: Look;
	/** Those that were looked into. */
	buckets: readonly string[];
	/** Of the first look. */
	base: TableComparison;
	begun: number;
}

/** The buckets that are looked into, smallest first; at least one. */
function chosen<T extends { rows: number }>(differing: readonly T[]): T[] {
	let rows = 0;
	return differing.slice(0, mostBuckets).filter((one, at) => {
		rows += one.rows;
		return at === 0 || rows <= mostRows;
	});
}

/** Where more differs than is looked into, which rows is not known. */
function beyond(buckets: readonly { rows: number }[]): ColumnDifference[] {
	if (buckets.length === 0) return [];
	const rows = buckets.reduce((sum, one) => sum + one.rows, 0);
	const what = `rows differ among ${counted(rows, "more row")} that were not compared one by one: reload the table, or repair the listed rows first`;
	return [{ column: "*", what }];
}

function moving(moved: readonly FoundRow[]): ColumnDifference[] {
	if (moved.length === 0) return [];
	return [{ column: "*", what: `${counted(moved.length, "row")} changed at the source during the comparison` }];
}

/** Takes rows away whose JSON differs in its text only, and brings the texts of those that are shown. */
async function withoutSameJson(
	look: Look,
	{ shape }: Prepared,
	rows: readonly FoundRow[],
	buckets: readonly string[],
): Promise<{ rows: FoundRow[]; texts: { source: RowTexts; lake: RowTexts }; unread: ColumnDifference[] }> {
	const isKeyed = shape.key.length > 0;
	const byJson = rows.filter(({ isJsonOnly }) => isJsonOnly);
	const others = rows.filter(({ isJsonOnly, kind }) => !isJsonOnly && (kind === "changed" || !isKeyed));
	const wanted = [...byJson.slice(0, mostJson), ...others.slice(0, mostExamples)].map(({ key }) => key);
	const none: RowTexts = new Map();
	if (wanted.length === 0) return { rows: [...rows], texts: { source: none, lake: none }, unread: [] };
	const texts = await look.values(wanted, buckets);
	const isSame = ({ key }: FoundRow): boolean =>
		shape.columns.every(({ isJson }, index) => {
			const [here, there] = [texts.source.get(key)?.[index], texts.lake.get(key)?.[index]];
			if (!isJson || here?.compared === there?.compared) return true;
			return (
				typeof here?.shown === "string" &&
				typeof there?.shown === "string" &&
				isSameJson(jsonOf(here.shown), jsonOf(there.shown))
			);
		});
	const isRead = ({ key }: FoundRow): boolean => texts.source.has(key) && texts.lake.has(key);
	const unread = byJson.filter((row) => !isRead(row));
	const left = rows.filter((row) => !row.isJsonOnly || (isRead(row) && !isSame(row)));
	const what = `JSON of ${counted(unread.length, "row")} has a different text and was not parsed: the values may be equal`;
	return { rows: left, texts, unread: unread.length === 0 ? [] : [{ column: "*", what }] };
}

function jsonOf(hex: string): string {
	return Buffer.from(hex, "hex").toString("utf8");
}

function example(
	{ kind, key }: FoundRow,
	{ shape }: Prepared,
	texts: { source: RowTexts; lake: RowTexts },
): RowDifference {
	const { columns } = shape;
	const shown = (index: number, text: string | null | undefined): string | null =>
		text === null || text === undefined ? null : (columns[index]?.shown(text).slice(0, shownCharacters) ?? null);
	const [here, there] = [texts.source.get(key), texts.lake.get(key)];
	if (shape.key.length === 0) {
		const row = kind === ("missing" satisfies DifferenceKind) ? here : there;
		return {
			kind,
			key: Object.fromEntries(columns.map(({ name }, index) => [name, shown(index, row?.[index]?.shown)])),
		};
	}
	const parts = key.split("|");
	const named = shape.key.map((index, at): [string, string | null] => [
		columns[index]?.name ?? "",
		parts[at] === "~" ? null : shown(index, parts[at]),
	]);
	if (kind !== "changed") return { kind, key: Object.fromEntries(named) };
	const changed = columns.flatMap(({ name }, index) => {
		const [mine, other] = [here?.[index], there?.[index]];
		if (mine === undefined || other === undefined || mine.compared === other.compared) return [];
		return [[name, { source: shown(index, mine.shown), lake: shown(index, other.shown) }] as const];
	});
	return { kind, key: Object.fromEntries(named), columns: Object.fromEntries(changed) };
}
