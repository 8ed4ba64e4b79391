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
	/** Whether the snapshot must read it as a double: as text, a FLOAT has only six digits. */
	readAsDouble?: true;
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

const text: ColumnType = { stored: VARCHAR, convert: textOf };
const binary: ColumnType = { stored: BLOB, convert: (value) => new DuckDBBlobValue(bytesOf(value)) };

/** Types without parameters that matter. */
const simple: Record<string, ColumnType> = {
	float: { stored: FLOAT, convert: (value) => Math.fround(Number(value)), readAsDouble: true },
	double: { stored: DOUBLE, convert: Number },
	real: { stored: DOUBLE, convert: Number },
	date: { stored: DATE, convert: (value) => nullable(dateDays(String(value)), (days) => new DuckDBDateValue(days)) },
	datetime: timestamp(),
	timestamp: timestamp(),
	time: { stored: VARCHAR, convert: textOf },
	// A binlog YEAR is an offset from 1900, with 0 for the year 0000; 1900 itself is not a YEAR.
	year: { stored: SMALLINT, convert: (value) => (Number(value) === 1900 ? 0 : Number(value)) },
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
	uuid: { stored: VARCHAR, convert: (value) => (Buffer.isBuffer(value) ? uuidText(value) : textOf(value)) },
	inet4: { stored: VARCHAR, convert: (value) => (Buffer.isBuffer(value) ? inet4Text(value) : textOf(value)) },
	inet6: { stored: VARCHAR, convert: (value) => (Buffer.isBuffer(value) ? inet6Text(value) : textOf(value)) },
};

/**
 * How a column is stored. Contract: docs/contract.md, "Types".
 * @param declared the column's type as in INFORMATION_SCHEMA.COLUMNS.COLUMN_TYPE.
 * @throws UnsupportedTypeError, for instance for geometry, which the binlog client gives without its bytes (DMS writes it as BLOB).
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

/** An ENUM's invalid value (index 0) comes from the binlog as undefined and from a query as the empty string. */
function textOf(value: unknown): string {
	if (typeof value === "string") return value;
	if (value === undefined) return "";
	return Buffer.isBuffer(value) ? value.toString("utf8") : String(value);
}

function bytesOf(value: unknown): Buffer {
	return Buffer.isBuffer(value) ? value : Buffer.from(String(value), "utf8");
}
