import {
	BIGINT,
	BLOB,
	BOOLEAN,
	DATE,
	DECIMAL,
	DOUBLE,
	type DuckDBType,
	FLOAT,
	INTEGER,
	SMALLINT,
	TIMESTAMP,
	TINYINT,
	UBIGINT,
	UINTEGER,
	USMALLINT,
	UTINYINT,
	VARCHAR,
} from "@duckdb/node-api";
import { BytesVector, PrintedVector } from "./bytesVector.ts";
import type { ColumnVector } from "./columnVector.ts";
import { inet4Text, inet6Text, uuidText } from "./mariadbTypes.ts";
import { BitVector, DateVector, DecimalVector, LongVector, NumberVector, TimestampVector } from "./numberVectors.ts";

/** How values of a source column are stored in the raw zone. */
export interface ColumnType {
	/** Type in DuckDB, which decides the Parquet type. */
	stored: DuckDBType;
	/** A vector that takes values as the snapshot or the binlog gives them. */
	vector(): ColumnVector;
	/** A value of a type that is stored as text, as that text. */
	text?(value: unknown): string;
}

/** A type that replication does not carry; the table becomes "Table error". */
export class UnsupportedTypeError extends Error {}

const numbers = (stored: DuckDBType, kind: ConstructorParameters<typeof NumberVector>[0]): ColumnType => {
	return { stored, vector: () => new NumberVector(kind) };
};

const int = [numbers(INTEGER, "i32"), numbers(UINTEGER, "u32")] as const;
const integers: Record<string, readonly [signed: ColumnType, unsigned: ColumnType]> = {
	tinyint: [numbers(TINYINT, "i8"), numbers(UTINYINT, "u8")],
	smallint: [numbers(SMALLINT, "i16"), numbers(USMALLINT, "u16")],
	mediumint: int,
	int,
	integer: int,
	bigint: [
		{ stored: BIGINT, vector: () => new LongVector() },
		{ stored: UBIGINT, vector: () => new LongVector() },
	],
};

const text: ColumnType = { stored: VARCHAR, vector: () => new BytesVector(true), text: textOf };
const binary: ColumnType = { stored: BLOB, vector: () => new BytesVector(false) };
const double = numbers(DOUBLE, "f64");
const timestamp = (keyColumn?: string): ColumnType => {
	return { stored: TIMESTAMP, vector: () => new TimestampVector(keyColumn) };
};
/** Of dates, by the name of the column where it is one of the primary key. */
const dates: Record<string, (keyColumn?: string) => ColumnType> = {
	date: (keyColumn) => ({ stored: DATE, vector: () => new DateVector(keyColumn) }),
	datetime: timestamp,
	timestamp,
};
/** A type of MariaDB's own, of which the binlog has bytes, and the snapshot the text. */
const printed = (print: (bytes: Buffer) => string): ColumnType => {
	return textType((value) => (Buffer.isBuffer(value) ? print(value) : textOf(value)));
};
/** The number of the reference system in 4 bytes, low byte first, then WKB: as the server stores it. */
const spatial = binary;

/** Types without parameters that matter. */
const simple: Record<string, ColumnType> = {
	float: numbers(FLOAT, "f32"),
	double,
	real: double,
	time: text,
	year: numbers(SMALLINT, "i16"),
	char: text,
	varchar: text,
	tinytext: text,
	text,
	mediumtext: text,
	longtext: text,
	json: text,
	enum: text,
	set: text,
	binary,
	varbinary: binary,
	tinyblob: binary,
	blob: binary,
	mediumblob: binary,
	longblob: binary,
	vector: binary,
	geometry: spatial,
	point: spatial,
	linestring: spatial,
	polygon: spatial,
	multipoint: spatial,
	multilinestring: spatial,
	multipolygon: spatial,
	geometrycollection: spatial,
	geomcollection: spatial,
	uuid: printed(uuidText),
	inet4: printed(inet4Text),
	inet6: printed(inet6Text),
};

/**
 * How a column is stored. Contract: docs/contract.md, "Types".
 * @param declared the column's type as in INFORMATION_SCHEMA.COLUMNS.COLUMN_TYPE.
 * @param keyColumn its name, where it is one of the primary key.
 * @throws UnsupportedTypeError for a type that a newer server has.
 */
export function columnType(declared: string, keyColumn?: string): ColumnType {
	const name = /^[a-z0-9_]+/i.exec(declared)?.[0]?.toLowerCase() ?? declared;
	const parameters = (/^[a-z0-9_]+\s*\(([\d,\s]+)\)/i.exec(declared)?.[1] ?? "").split(",").map(Number);
	const unsigned = /\)?\s+unsigned\b|\bzerofill\b/i.test(declared);
	const integer = integers[name];
	if (integer !== undefined) return integer[unsigned ? 1 : 0];
	if (name === "decimal" || name === "numeric") return decimal(parameters[0] || 10, parameters[1] ?? 0);
	if (name === "bit") {
		return (parameters[0] || 1) === 1 ? { stored: BOOLEAN, vector: () => new BitVector() } : binary;
	}
	const found = dates[name]?.(keyColumn) ?? simple[name];
	if (found === undefined) {
		throw new UnsupportedTypeError(
			`the local stack does not replicate the type ${declared}: drop the column, or move it to a separate table`,
		);
	}
	return found;
}

function decimal(precision: number, scale: number): ColumnType {
	// Wider than a 128-bit integer holds: kept exact as text.
	if (precision > 38) return text;
	return { stored: DECIMAL(precision, scale), vector: () => new DecimalVector(precision, scale) };
}

/** A type that is stored as text that is made of its values. */
export function textType(print: (value: unknown) => string): ColumnType {
	return { stored: VARCHAR, text: print, vector: () => new PrintedVector(print) };
}

function textOf(value: unknown): string {
	if (typeof value === "string") return value;
	return Buffer.isBuffer(value) ? value.toString("utf8") : String(value);
}
