import {
	DuckDBArrayValue,
	DuckDBBlobValue,
	DuckDBDecimalValue,
	DuckDBListValue,
	DuckDBMapValue,
	DuckDBStructValue,
	DuckDBTimestampTZValue,
	DuckDBTimestampValue,
	DuckDBUnionValue,
	type DuckDBValue,
} from "@duckdb/node-api";

/** A double gives back any decimal number of up to 15 digits: DBL_DIG. */
const exactDecimals = 10n ** 15n;

/**
 * A value as it goes into a result: `null`, boolean, number where a double holds it (an integer up to 2^53, a
 * decimal of up to 15 digits), else text. Bytes are lower-case hexadecimal digits, a date is
 * `YYYY-MM-DD`, a timestamp `YYYY-MM-DD hh:mm:ss[.ffffff]` (UTC; with a zone, ` UTC` follows), a float that JSON has no
 * number for `NaN`, `Infinity` or `-Infinity`. A struct and a map are objects, a list is an array.
 */
export function toPlain(value: DuckDBValue): unknown {
	if (value === null || typeof value === "boolean" || typeof value === "string") return value;
	if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
	if (typeof value === "bigint") {
		return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
	}
	if (value instanceof DuckDBDecimalValue) {
		const isExact = value.value > -exactDecimals && value.value < exactDecimals;
		return isExact ? Number(value.toString()) : value.toString();
	}
	if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString("hex");
	if (value instanceof DuckDBTimestampTZValue) return inUtc(value);
	if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(toPlain);
	if (value instanceof DuckDBStructValue) return plainObject(Object.entries(value.entries));
	if (value instanceof DuckDBMapValue) return plainObject(value.entries.map(({ key, value: item }) => [key, item]));
	if (value instanceof DuckDBUnionValue) return toPlain(value.value);
	return value.toString();
}

/** By itself it would be in the zone of this process. */
function inUtc({ micros }: DuckDBTimestampTZValue): string {
	const text = new DuckDBTimestampValue(micros).toString();
	return text.endsWith("infinity") ? text : `${text} UTC`;
}

function plainObject(entries: readonly (readonly [DuckDBValue, DuckDBValue])[]): Record<string, unknown> {
	return Object.fromEntries(
		entries.map(([key, item]) => {
			const plain = toPlain(key);
			return [typeof plain === "object" ? JSON.stringify(plain) : String(plain), toPlain(item)];
		}),
	);
}
