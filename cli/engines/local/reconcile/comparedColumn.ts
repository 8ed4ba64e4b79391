import { quoteName } from "../../duckdb/quote.ts";
import { quoteName as quoteSource } from "../../mysql/quote.ts";
import { sourceType } from "../../shared/sourceType.ts";
import { lakeName } from "../../shared/tableShape.ts";

/** A column of the source on its way through a comparison: as SQL at the source, and as SQL of DuckDB's on both sides. */
export interface ComparedColumn {
	name: string;
	/** What it is called in SQL over the lake. */
	lakeSql: string;
	/** Whether two values differ, as SQL, where that is not simply that they are distinct. */
	differs?(source: string, lake: string): string;
	/** Its type in the current table, by the contract. */
	expected: string;
	/** The value at the source, as the server itself prints it. */
	select: string;
	/** Whether that are bytes instead of a text. */
	isBytes: boolean;
	/** Whether it is a whole number, by whose ranges rows can be compared part by part. */
	isWhole?: true;
	/** What is compared, of the source's text in a column of DuckDB's. */
	atSource(value: string): string;
	/** What is compared, of the value in the lake. */
	inLake(value: string): string;
	/** What is compared, as a text for people: bytes as hexadecimal digits. */
	shown(compared: string): string;
	/** What is compared again from its text. */
	parsed(text: string): string;
	/** A literal of MySQL's by which rows with the shown text are found; undefined where that is not certain. */
	literal?(shown: string): string;
}

type Kind = Omit<ComparedColumn, "name" | "lakeSql" | "select"> & { select?(column: string): string };

const same = (value: string): string => value;
const asText = (compared: string): string => `CAST(${compared} AS VARCHAR)`;
const number = (shown: string): string => shown;

/** @param type of DuckDB's that holds all values. */
function typed(expected: string, type: string, extra: Partial<Kind> = {}): Kind {
	const cast = (value: string): string => `CAST(${value} AS ${type})`;
	const parsed = cast;
	return { expected, isBytes: false, atSource: cast, inLake: cast, shown: asText, parsed, literal: number, ...extra };
}

const quoted = (shown: string): string => `'${shown.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;

const text: Kind = {
	expected: "string",
	isBytes: false,
	atSource: same,
	inLake: same,
	shown: same,
	parsed: same,
	literal: quoted,
};
const bytes: Kind = {
	expected: "binary",
	isBytes: true,
	atSource: same,
	inLake: same,
	shown: (compared) => `lower(hex(${compared}))`,
	parsed: (shown) => `unhex(${shown})`,
	literal: (shown) => `X'${shown}'`,
};

/**
 * The IEEE bits, high byte first: of the text that a server prints of a DOUBLE not every one comes back to the same number, and a FLOAT
 * is printed with six digits. What is shown are bits as well, where no number has the same text everywhere.
 */
function floating(expected: string): Kind {
	return {
		expected,
		isBytes: false,
		select: (column) => `HEX(REVERSE(SUBSTR(ST_AsBinary(POINT(${column}, 0)), 6, 8)))`,
		atSource: same,
		inLake: (value) => `hex(CAST(CAST(${value} AS DOUBLE) AS BIT)::BLOB)`,
		shown: (compared) => `CAST(CAST(unhex(${compared})::BIT AS DOUBLE) AS VARCHAR)`,
		parsed: (shown) => `hex(CAST(CAST(${shown} AS DOUBLE) AS BIT)::BLOB)`,
	};
}

/** MySQL's zero dates, which no other system has, are null in the lake. */
function time(expected: string, type: string): Kind {
	const orNull = (value: string): string => `TRY_CAST(${value} AS ${type})`;
	return typed(expected, type, { atSource: orNull, literal: quoted });
}

const asNumber = (column: string): string => `${column} + 0`;
const whole = (expected: string): Kind => typed(expected, "HUGEINT", { select: asNumber, isWhole: true });

/**
 * How a column is compared.
 * @param declared as INFORMATION_SCHEMA.COLUMNS.COLUMN_TYPE has it.
 * @returns undefined for a type that the contract does not have.
 */
/** @param inLake its name there. */
export function comparedColumn(
	name: string,
	declared: string,
	isHashed: boolean,
	inLake = lakeName(name),
): ComparedColumn | undefined {
	const kind = kindOf(declared);
	if (kind === undefined) return undefined;
	const column = quoteSource(name);
	const lakeSql = quoteName(inLake);
	if (isHashed) {
		const { literal: _, ...hashed } = text;
		return { ...hashed, name, lakeSql, select: `UPPER(SHA2(CONVERT(${column} USING utf8mb4), 256))` };
	}
	const { select, ...rest } = kind;
	return { ...rest, name, lakeSql, select: select?.(column) ?? column };
}

function kindOf(declared: string): Kind | undefined {
	const type = sourceType(declared);
	if (type === undefined) return undefined;
	const { kind, expected } = type;
	switch (kind) {
		case "whole":
			return whole(expected);
		case "decimal":
			return typed(expected, expected.toUpperCase());
		case "floating":
			return floating(expected);
		case "boolean":
			return typed(expected, "BOOLEAN", { select: asNumber, literal: bit });
		case "date":
			return time(expected, "DATE");
		case "moment":
			return time(expected, "TIMESTAMP");
		case "text":
		case "json":
			return text;
		case "bits":
		case "bytes":
			return bytes;
	}
}

function bit(shown: string): string {
	return shown === "true" ? "1" : "0";
}
