import { isMySql } from "./servers/source.ts";

/**
 * One column of each source type with values at its edges, and the text of each value as the lake must hold it: bytes as
 * hexadecimal digits, all else as a cast to text gives it.
 */
export interface TypeColumn {
	name: string;
	/** Type at the source. */
	declared: string;
	/** Type in the raw zone, in DuckDB's words. */
	raw: string;
	/** SQL literal at the source, and the text in the lake. */
	values: readonly (readonly [literal: string, text: string | null])[];
}

const column = (
	name: string,
	declared: string,
	raw: string,
	...values: (readonly [string, string | null])[]
): TypeColumn => ({ name, declared, raw, values });
const same = (...values: string[]): (readonly [string, string])[] => values.map((value) => [value, value] as const);
const quoted = (...values: string[]): (readonly [string, string])[] =>
	values.map((value) => [`'${value}'`, value] as const);

const allColumns: readonly TypeColumn[] = [
	column("c_tinyint", "TINYINT", "TINYINT", ...same("-128", "127", "0")),
	column("c_utinyint", "TINYINT UNSIGNED", "UTINYINT", ...same("255", "0", "128")),
	column("c_bool", "BOOLEAN", "TINYINT", ...same("1", "0", "-1")),
	column("c_smallint", "SMALLINT", "SMALLINT", ...same("-32768", "32767", "-1")),
	column("c_usmallint", "SMALLINT UNSIGNED", "USMALLINT", ...same("65535", "0", "32768")),
	column("c_mediumint", "MEDIUMINT", "INTEGER", ...same("-8388608", "8388607", "-1")),
	column("c_umediumint", "MEDIUMINT UNSIGNED", "UINTEGER", ...same("16777215", "0", "8388608")),
	column("c_int", "INT", "INTEGER", ...same("-2147483648", "2147483647", "-1")),
	column("c_uint", "INT UNSIGNED", "UINTEGER", ...same("4294967295", "0", "2147483648")),
	column("c_zerofill", "INT(8) ZEROFILL", "UINTEGER", ["42", "42"], ...same("0", "123456789")),
	column("c_bigint", "BIGINT", "BIGINT", ...same("-9223372036854775808", "9223372036854775807", "9007199254740993")),
	column("c_ubigint", "BIGINT UNSIGNED", "UBIGINT", ...same("18446744073709551615", "0", "9223372036854775808")),
	column("c_decimal", "DECIMAL(10,2)", "DECIMAL(10,2)", ...same("-12345678.90", "99999999.99", "0.01")),
	column("c_decimal0", "DECIMAL(38,0)", "DECIMAL(38,0)", ...same(`-${"9".repeat(38)}`, "1", "0")),
	column(
		"c_decimal38",
		"DECIMAL(38,10)",
		"DECIMAL(38,10)",
		...same("1234567890123456789012345678.0123456789", "-0.0000000001", "0.0000000000"),
	),
	column(
		"c_decimal65",
		"DECIMAL(65,30)",
		"VARCHAR",
		...same(`${"9".repeat(35)}.${"1".repeat(30)}`, `-0.${"0".repeat(29)}1`),
	),
	column("c_float", "FLOAT", "FLOAT", ["1e-7", "1e-07"], ["16777217", "16777216.0"], ["-3.25", "-3.25"]),
	column(
		"c_double",
		"DOUBLE",
		"DOUBLE",
		["0.1", "0.1"],
		["-1.7976931348623157e308", "-1.7976931348623157e+308"],
		["1e-7", "1e-07"],
	),
	column("c_bit1", "BIT(1)", "BOOLEAN", ["b'1'", "true"], ["b'0'", "false"]),
	column("c_bit12", "BIT(12)", "BLOB", ["b'101010101010'", "0AAA"], ["b'1'", "0001"]),
	column("c_bit64", "BIT(64)", "BLOB", [
		"b'1000000000000000000000000000000000000000000000000000000000000001'",
		"8000000000000001",
	]),
	column("c_date", "DATE", "DATE", ...quoted("1000-01-01", "9999-12-31", "2024-02-29"), ["'0000-00-00'", null]),
	column("c_time", "TIME", "VARCHAR", ...quoted("-838:59:59", "838:59:59", "00:00:01")),
	column("c_time6", "TIME(6)", "VARCHAR", ...quoted("-00:00:00.000001", "23:59:59.999999", "12:30:00.500000")),
	column("c_datetime", "DATETIME", "TIMESTAMP", ...quoted("1000-01-01 00:00:00", "9999-12-31 23:59:59"), [
		"'0000-00-00 00:00:00'",
		null,
	]),
	column(
		"c_datetime3",
		"DATETIME(3)",
		"TIMESTAMP",
		["'2024-02-29 12:34:56.789'", "2024-02-29 12:34:56.789"],
		["'1969-12-31 23:59:59.001'", "1969-12-31 23:59:59.001"],
	),
	column(
		"c_datetime6",
		"DATETIME(6)",
		"TIMESTAMP",
		...quoted("2024-02-29 12:34:56.789012", "1900-01-01 00:00:00.000001"),
	),
	column("c_timestamp", "TIMESTAMP NULL", "TIMESTAMP", ...quoted("2038-01-19 03:14:07", "1970-01-01 00:00:01"), [
		"'0000-00-00 00:00:00'",
		null,
	]),
	column(
		"c_timestamp6",
		"TIMESTAMP(6) NULL",
		"TIMESTAMP",
		...quoted("2024-10-27 01:30:00.000001", "2001-09-09 01:46:40.999999"),
	),
	column("c_year", "YEAR", "SMALLINT", ["0", "0"], ["1901", "1901"], ["2155", "2155"]),
	column("c_char", "CHAR(5)", "VARCHAR", ...quoted("abc", "", "ÄÖÜßé")),
	column(
		"c_varchar",
		"VARCHAR(300) CHARACTER SET utf8mb4",
		"VARCHAR",
		...quoted("👩‍👩‍👧 emoji", "", "NULL", "x".repeat(300)),
	),
	column("c_latin1", "VARCHAR(20) CHARACTER SET latin1", "VARCHAR", ...quoted("€ Ÿ é", "plain")),
	column("c_tinytext", "TINYTEXT", "VARCHAR", ...quoted("short", "")),
	column("c_text", "TEXT", "VARCHAR", ["'it''s \\\\ \\n a \"line\"'", 'it\'s \\ \n a "line"'], ...quoted("", "日本語")),
	column("c_mediumtext", "MEDIUMTEXT", "VARCHAR", ["REPEAT('é', 70000)", "é".repeat(70000)], ...quoted("m")),
	column("c_longtext", "LONGTEXT", "VARCHAR", ["CONCAT('a', CHAR(0), 'b')", "a\0b"], ...quoted("l")),
	column("c_json", "JSON", "VARCHAR", ...quoted('{"a": 12345678901234567890, "b": [1, null, "é"]}', "[]", "null")),
	column("c_enum", "ENUM('a','b,c','d''e')", "VARCHAR", ["'b,c'", "b,c"], ["'d''e'", "d'e"], ["'no such value'", ""]),
	column("c_set", "SET('x','y','z')", "VARCHAR", ...quoted("x,z", "", "x,y,z")),
	column(
		"c_binary",
		"BINARY(6)",
		"BLOB",
		["x'0100'", "010000000000"],
		["x'ffffffffffff'", "FFFFFFFFFFFF"],
		["''", "000000000000"],
	),
	column("c_varbinary", "VARBINARY(20)", "BLOB", ["x'00ff00'", "00FF00"], ["''", ""]),
	column("c_tinyblob", "TINYBLOB", "BLOB", ["x'00'", "00"], ["''", ""]),
	column("c_blob", "BLOB", "BLOB", ["x'deadbeef00'", "DEADBEEF00"], ["''", ""]),
	column("c_mediumblob", "MEDIUMBLOB", "BLOB", ["REPEAT(x'0102', 40000)", "0102".repeat(40000)]),
	column("c_longblob", "LONGBLOB", "BLOB", ["x'c3a9ff'", "C3A9FF"], ["''", ""]),
	column(
		"c_uuid",
		"UUID",
		"VARCHAR",
		...quoted(
			"123e4567-e89b-12d3-a456-426655440000",
			"017f22e2-79b0-7cc3-98c4-dc0c0c073900",
			"00000000-0000-0000-0000-000000000000",
		),
	),
	column("c_inet4", "INET4", "VARCHAR", ...quoted("192.0.2.0", "0.0.0.0", "255.255.255.255")),
	column(
		"c_inet6",
		"INET6",
		"VARCHAR",
		...quoted(
			"2001:db8::1",
			"::",
			"::ffff:192.0.2.1",
			"::2:3:4:5:6:7:8",
			"1:2:3:4:5:6:7::",
			"::1.2.3.4",
			"::5",
			"1:0:0:2::3",
		),
	),
];

/** Types of MariaDB alone. */
const mariaDbOnly: readonly string[] = ["UUID", "INET4", "INET6"];
export const typeColumns = allColumns.filter(({ declared }) => !isMySql || !mariaDbOnly.includes(declared));

/** Rows of the table: every value of every column once, then a row of nulls. */
export const typeRows: readonly (readonly (readonly [literal: string, text: string | null])[])[] = [
	...Array.from({ length: Math.max(...typeColumns.map((one) => one.values.length)) }, (_, row) =>
		typeColumns.map((one) => one.values[row % one.values.length] ?? (["NULL", null] as const)),
	),
	typeColumns.map(() => ["NULL", null] as const),
];

/** @param key whether the table has a primary key; without one every column has a before image. */
export function createTypeTable(name: string, key: boolean): string {
	const columns = typeColumns.map((one) => `\`${one.name}\` ${one.declared} NULL`.replace("NULL NULL", "NULL"));
	return `CREATE TABLE ${name} (id INT NOT NULL${key ? " PRIMARY KEY" : ""}, ${columns.join(", ")})`;
}

/** @param from id of the first row. */
export function insertTypeRows(name: string, from: number): string {
	const rows = typeRows.map((row, index) => `(${[from + index, ...row.map(([literal]) => literal)].join(", ")})`);
	return `SET SESSION sql_mode = '', time_zone = '+00:00'; INSERT INTO ${name} VALUES ${rows.join(", ")}`;
}

/** Select list that gives every column as text. @param prefix of the columns' names. */
export function typeTexts(prefix = ""): string {
	return typeColumns
		.map(({ name, raw }) => {
			const column = `"${prefix}${name}"`;
			return `${raw === "BLOB" ? `hex(${column})` : `CAST(${column} AS VARCHAR)`} AS "${name}"`;
		})
		.join(", ");
}

/** The rows that `typeTexts` must give, in the order of the ids. */
export const expectedTypeRows: readonly Record<string, string | null>[] = typeRows.map((row) =>
	Object.fromEntries(row.map(([, text], index) => [typeColumns[index]?.name ?? "", text])),
);
