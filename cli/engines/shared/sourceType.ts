/** What a comparison does with values of a type. */
export type SourceKind =
	| "whole"
	| "decimal"
	| "floating"
	| "boolean"
	| "bits"
	| "date"
	| "moment"
	| "text"
	| "json"
	| "bytes";

/** A type of the source, as the comparisons see it. */
export interface SourceType {
	kind: SourceKind;
	/** Type in the current table, by the contract. */
	expected: string;
	/** The first number in parentheses: characters, bytes, bits or digits; 0 where there is none. */
	size: number;
	/** Whether values may be longer than an index could hold. */
	isLong: boolean;
}

const integers: Record<string, readonly [signed: string, unsigned: string]> = {
	tinyint: ["int", "int"],
	smallint: ["int", "int"],
	mediumint: ["int", "bigint"],
	int: ["int", "bigint"],
	integer: ["int", "bigint"],
	bigint: ["bigint", "decimal(20,0)"],
};

const shortTexts = "time char enum set uuid inet4 inet6".split(" ");
const texts = "varchar tinytext text mediumtext longtext".split(" ");
const binaries =
	"varbinary tinyblob blob mediumblob longblob vector geometry point linestring polygon multipoint multilinestring multipolygon geometrycollection geomcollection".split(
		" ",
	);
/** Characters or bytes beyond which a value counts as long. */
const longest = 255;

/**
 * The table of types is the comparisons' own, from docs/contract.md ("Types"): a proof must not share the decoder that it checks.
 * @param declared as INFORMATION_SCHEMA.COLUMNS.COLUMN_TYPE has it.
 * @returns undefined for a type that the contract does not have.
 */
export function sourceType(declared: string): SourceType | undefined {
	const type = /^[a-z0-9_]+/i.exec(declared)?.[0]?.toLowerCase() ?? "";
	const [size = 0, scale = 0] = (/^[a-z0-9_]+\s*\(([\d,\s]+)\)/i.exec(declared)?.[1] ?? "").split(",").map(Number);
	const of = (kind: SourceKind, expected: string, isLong = false): SourceType => ({ kind, expected, size, isLong });
	const integer = integers[type];
	if (integer !== undefined) return of("whole", integer[/\bunsigned\b|\bzerofill\b/i.test(declared) ? 1 : 0]);
	if (type === "decimal" || type === "numeric") {
		return size > 38 ? of("text", "string") : of("decimal", `decimal(${size || 10},${scale})`);
	}
	if (type === "float") return of("floating", "float");
	if (type === "double" || type === "real") return of("floating", "double");
	if (type === "bit") return (size || 1) === 1 ? of("boolean", "boolean") : of("bits", "binary");
	if (type === "year") return of("whole", "int");
	if (type === "date") return of("date", "date");
	if (type === "datetime" || type === "timestamp") return of("moment", "timestamp");
	if (type === "json") return of("json", "string", true);
	if (shortTexts.includes(type)) return of("text", "string");
	const isLong = size === 0 || size > longest;
	if (texts.includes(type)) return of("text", "string", isLong);
	if (type === "binary") return of("bytes", "binary");
	return binaries.includes(type) ? of("bytes", "binary", isLong) : undefined;
}
