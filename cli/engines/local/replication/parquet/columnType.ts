import {
	BIGINT,
	BLOB,
	BOOLEAN,
	DATE,
	DECIMAL,
	DOUBLE,
	DuckDBBlobValue,
	DuckDBDateValue,
	DuckDBDecimalValue,
	DuckDBTimestampValue,
	type DuckDBType,
	type DuckDBValue,
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
import { dateDays, timestampMicros } from "./dates.ts";
import { inet4Text, inet6Text, uuidText } from "./mariadbTypes.ts";

/** How values of a source column are stored in the raw zone. */
export interface ColumnType {
	/** Type in DuckDB, which decides the Parquet type. */
	stored: DuckDBType;
	/** Turns a value, as the snapshot or the binlog gives it, into the stored one. Never sees null. */
	convert(value: unknown): DuckDBValue;
	/** What the snapshot selects in place of the column, where a client would not get the value that the binlog has. */
	select?(column: string): string;
}

/** A type that replication does not carry; the table becomes "Table error". */
export class UnsupportedTypeError extends Error {}

const integers: Record<string, readonly [signed: DuckDBType, unsigned: DuckDBType]> = {
	tinyint: [TINYINT, UTINYINT],
	smallint: [SMALLINT, USMALLINT],
	mediumint: [INTEGER, UINTEGER],
	int: [INTEGER, UINTEGER],
	integer: [INTEGER, UINTEGER],
};

/** As text a FLOAT has only six digits, and a DOUBLE(20,5) only those that are declared. A sum would lose the sign of -0. */
const exact = (column: string): string => `${column} * 1e0`;
/** What the server stores; clients turn it into objects. */
const asBytes = (column: string): string => `CAST(${column} AS BINARY)`;
const text: ColumnType = { stored: VARCHAR, convert: textOf };
const binary: ColumnType = { stored: BLOB, convert: (value) => new DuckDBBlobValue(bytesOf(value)) };
/** The number of the reference system in 4 bytes, low byte first, then WKB: as the server stores it. */
const spatial: ColumnType = { ...binary, select: asBytes };

/** Types without parameters that matter. */
const simple: Record<string, ColumnType> = {
	float: { stored: FLOAT, convert: (value) => Math.fround(Number(value)), select: exact },
	double: { stored: DOUBLE, convert: Number, select: exact },
	real: { stored: DOUBLE, convert: Number, select: exact },
	date: { stored: DATE, convert: (value) => nullable(dateDays(String(value)), (days) => new DuckDBDateValue(days)) },
	datetime: timestamp(),
	timestamp: timestamp(),
	time: { stored: VARCHAR, convert: textOf },
	year: { stored: SMALLINT, convert: Number },
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
	vector: { ...binary, select: asBytes },
	geometry: spatial,
	point: spatial,
	linestring: spatial,
	polygon: spatial,
	multipoint: spatial,
	multilinestring: spatial,
	multipolygon: spatial,
	geometrycollection: spatial,
	geomcollection: spatial,
	uuid: { stored: VARCHAR, convert: (value) => (Buffer.isBuffer(value) ? uuidText(value) : textOf(value)) },
	inet4: { stored: VARCHAR, convert: (value) => (Buffer.isBuffer(value) ? inet4Text(value) : textOf(value)) },
	inet6: { stored: VARCHAR, convert: (value) => (Buffer.isBuffer(value) ? inet6Text(value) : textOf(value)) },
};

/**
 * How a column is stored. Contract: docs/contract.md, "Types".
 * @param declared the column's type as in INFORMATION_SCHEMA.COLUMNS.COLUMN_TYPE.
 * @throws UnsupportedTypeError for a type that a newer server has.
 */
export function columnType(declared: string): ColumnType {
	const name = /^[a-z0-9_]+/i.exec(declared)?.[0]?.toLowerCase() ?? declared;
	const parameters = (/^[a-z0-9_]+\s*\(([\d,\s]+)\)/i.exec(declared)?.[1] ?? "").split(",").map(Number);
	const unsigned = /\)?\s+unsigned\b|\bzerofill\b/i.test(declared);
	const integer = integers[name];
	if (integer !== undefined) return { stored: integer[unsigned ? 1 : 0], convert: Number };
	if (name === "bigint") return { stored: unsigned ? UBIGINT : BIGINT, convert: (value) => BigInt(value as string) };
	if (name === "decimal" || name === "numeric") return decimal(parameters[0] || 10, parameters[1] ?? 0);
	if (name === "bit") {
		return (parameters[0] || 1) === 1 ? { stored: BOOLEAN, convert: (value) => bytesOf(value)[0] === 1 } : binary;
	}
	const found = simple[name];
	if (found === undefined) {
		throw new UnsupportedTypeError(
			`the local stack does not replicate type ${declared}; drop the column, or move it to a table of its own`,
		);
	}
	return found;
}

function decimal(precision: number, scale: number): ColumnType {
	// Wider than a 128-bit integer holds: kept exact as text.
	if (precision > 38) return text;
	return {
		stored: DECIMAL(precision, scale),
		convert: (value) => new DuckDBDecimalValue(scaledInteger(String(value), scale), precision, scale),
	};
}

function scaledInteger(value: string, scale: number): bigint {
	const point = value.indexOf(".");
	if (point < 0) return BigInt(value) * 10n ** BigInt(scale);
	return BigInt(value.slice(0, point) + value.slice(point + 1).padEnd(scale, "0"));
}

function timestamp(): ColumnType {
	return {
		stored: TIMESTAMP,
		convert: (value) => nullable(timestampMicros(String(value)), (micros) => new DuckDBTimestampValue(micros)),
	};
}

function nullable<T>(value: T | undefined, wrap: (value: T) => DuckDBValue): DuckDBValue {
	return value === undefined ? null : wrap(value);
}

function textOf(value: unknown): string {
	if (typeof value === "string") return value;
	return Buffer.isBuffer(value) ? value.toString("utf8") : String(value);
}

function bytesOf(value: unknown): Buffer {
	return Buffer.isBuffer(value) ? value : Buffer.from(String(value), "utf8");
}
