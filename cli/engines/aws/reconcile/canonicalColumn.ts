import { quoteName as quoteSource } from "../../mysql/quote.ts";
import { type SourceType, sourceType } from "../../shared/sourceType.ts";
import { lakeName, type ShapedColumn } from "../../shared/tableShape.ts";

/**
 * A column of a comparison on AWS: each side writes its values as a text of their own, and equal values have equal texts. The texts
 * hold no `|` and no `~`, which part values and stand for null.
 */
export interface CanonicalColumn extends ShapedColumn {
	/** What it is called in Trino's SQL. */
	lakeSql: string;
	/** The text, in MySQL's SQL. */
	source: string;
	/** The text, in Trino's SQL, which Athena speaks. */
	lake: string;
	/** What is shown of a value, where its text is but a digest. */
	whole?: { source: string; lake: string };
	isWhole: boolean;
	isJson: boolean;
	/** What is shown of a text of this column, or of `whole`. */
	shown(text: string): string;
}

/** Characters of a long value that are shown; bytes half as many. */
const shownCharacters = 200;
/** Characters of a JSON document that is read to compare it: the largest that Athena gives back, and the server without cutting it. */
const jsonCharacters = 1_000_000;

/** A name in Trino's SQL, whatever it holds. */
export function quoteLake(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}

/** A text in Trino's SQL. */
export function quoteLakeText(text: string): string {
	return `'${text.replaceAll("'", "''")}'`;
}

const same = (text: string): string => text;
const fromHex = (text: string): string => Buffer.from(text, "hex").toString("utf8");

/**
 * How a column is compared.
 * @param declared as INFORMATION_SCHEMA.COLUMNS.COLUMN_TYPE has it.
 * @param isKey whether rows are found by it: then it is compared as a whole, however long.
 * @param inLake its name there.
 * @returns undefined for a type that the contract does not have.
 */
export function canonicalColumn(
	name: string,
	declared: string,
	isHashed: boolean,
	isKey: boolean,
	inLake = lakeName(name),
): CanonicalColumn | undefined {
	const type = sourceType(declared);
	if (type === undefined) return undefined;
	const [source, lake] = [quoteSource(name), quoteLake(inLake)];
	if (isHashed) {
		const digest = `UPPER(SHA2(CONVERT(${source} USING utf8mb4), 256))`;
		const isWhole = false;
		return { name, lakeSql: lake, expected: "string", source: digest, lake, isWhole, isJson: false, shown: same };
	}
	const { expected, kind } = type;
	const column = { name, lakeSql: lake, expected, isWhole: kind === "whole", isJson: kind === "json" };
	return { ...column, ...texts(type, source, lake, type.isLong && !isKey) };
}

type Texts = Pick<CanonicalColumn, "source" | "lake" | "shown" | "whole" | "orElse">;

function texts(type: SourceType, source: string, lake: string, isLong: boolean): Texts {
	switch (type.kind) {
		case "whole":
			// Of YEAR, + 0 makes 0000 a number.
			return { source: `CAST(${source} + 0 AS CHAR)`, lake: `CAST(${lake} AS varchar)`, shown: same };
		case "boolean":
			return { source: `CAST(${source} + 0 AS CHAR)`, lake: `CAST(CAST(${lake} AS integer) AS varchar)`, shown: same };
		case "decimal":
			// + 0 takes the zeros of ZEROFILL away.
			return { source: `CAST(${source} + 0 AS CHAR)`, lake: `CAST(${lake} AS varchar)`, shown: same };
		case "floating":
			return floating(type, source, lake);
		case "date":
			return { ...dated(source, `CAST(${source} AS CHAR)`), lake: `CAST(${lake} AS varchar)`, shown: same };
		case "moment": {
			const text = `CAST(CAST(${source} AS DATETIME(6)) AS CHAR)`;
			return { ...dated(source, text), lake: `CAST(CAST(${lake} AS timestamp(6)) AS varchar)`, shown: same };
		}
		case "bits": {
			const digits = Math.ceil(type.size / 8) * 2;
			return { source: `LPAD(HEX(${source} + 0), ${digits}, '0')`, lake: `to_hex(${lake})`, shown: same };
		}
		case "bytes":
			return isLong ? longBytes(source, lake) : { source: `HEX(${source})`, lake: `to_hex(${lake})`, shown: same };
		case "text":
		case "json": {
			const text = `CONVERT(${source} USING utf8mb4)`;
			if (isLong) return longText(text, lake, type.kind === "json" ? jsonCharacters : shownCharacters);
			return { source: `HEX(${text})`, lake: `to_hex(to_utf8(${lake}))`, shown: fromHex };
		}
	}
}

/** MySQL's zero dates, which no other system has, are null in the lake. */
function dated(column: string, text: string): { source: string } {
	return { source: `CASE WHEN MONTH(${column}) > 0 AND DAYOFMONTH(${column}) > 0 THEN ${text} END` };
}

/** IEEE bits, high byte first: no number has the same text everywhere. DMS writes FLOAT as a double. */
function floating({ expected }: SourceType, source: string, lake: string): Texts {
	return {
		...(expected === "float" && { orElse: "double" }),
		source: `HEX(REVERSE(SUBSTR(ST_AsBinary(POINT(${source}, 0)), 6, 8)))`,
		lake: `to_hex(to_ieee754_64(CAST(${lake} AS double)))`,
		shown: (bits) => String(Buffer.from(bits, "hex").readDoubleBE()),
	};
}

/** A digest, as the text of a whole row must fit into what the server can build. */
function longText(source: string, lake: string, characters: number): Texts {
	return {
		source: `UPPER(SHA2(${source}, 256))`,
		lake: `to_hex(sha256(to_utf8(${lake})))`,
		whole: {
			source: `HEX(LEFT(${source}, ${characters}))`,
			lake: `to_hex(to_utf8(substr(${lake}, 1, ${characters})))`,
		},
		shown: fromHex,
	};
}

function longBytes(source: string, lake: string): Texts {
	const bytes = shownCharacters / 2;
	return {
		source: `UPPER(SHA2(${source}, 256))`,
		lake: `to_hex(sha256(${lake}))`,
		whole: { source: `HEX(SUBSTR(${source}, 1, ${bytes}))`, lake: `to_hex(substr(${lake}, 1, ${bytes}))` },
		shown: same,
	};
}
