import { type DuckDBType, DuckDBTypeId } from "@duckdb/node-api";
import { quoteName } from "./quote.ts";

/**
 * Column types by their names in the Glue data catalog (Athena's DDL: `bigint`, `decimal(10,2)`, `struct<a:int>`), so
 * that the local catalog and the one on AWS speak alike.
 * https://docs.aws.amazon.com/athena/latest/ug/data-types.html
 */

const catalogToDuckDb: Readonly<Record<string, string>> = {
	boolean: "BOOLEAN",
	tinyint: "TINYINT",
	smallint: "SMALLINT",
	int: "INTEGER",
	bigint: "BIGINT",
	float: "FLOAT",
	double: "DOUBLE",
	string: "VARCHAR",
	binary: "BLOB",
	date: "DATE",
	timestamp: "TIMESTAMP",
};

/** What DuckDB has and the catalog has not becomes the next wider type, or text. */
const duckDbToCatalog: Partial<Record<DuckDBTypeId, string>> = {
	[DuckDBTypeId.BOOLEAN]: "boolean",
	[DuckDBTypeId.TINYINT]: "tinyint",
	[DuckDBTypeId.SMALLINT]: "smallint",
	[DuckDBTypeId.UTINYINT]: "smallint",
	[DuckDBTypeId.INTEGER]: "int",
	[DuckDBTypeId.USMALLINT]: "int",
	[DuckDBTypeId.BIGINT]: "bigint",
	[DuckDBTypeId.UINTEGER]: "bigint",
	[DuckDBTypeId.UBIGINT]: "decimal(20,0)",
	[DuckDBTypeId.HUGEINT]: "decimal(38,0)",
	[DuckDBTypeId.UHUGEINT]: "decimal(38,0)",
	[DuckDBTypeId.FLOAT]: "float",
	[DuckDBTypeId.DOUBLE]: "double",
	[DuckDBTypeId.BLOB]: "binary",
	[DuckDBTypeId.DATE]: "date",
	[DuckDBTypeId.TIMESTAMP]: "timestamp",
	[DuckDBTypeId.TIMESTAMP_S]: "timestamp",
	[DuckDBTypeId.TIMESTAMP_MS]: "timestamp",
	[DuckDBTypeId.TIMESTAMP_NS]: "timestamp",
	[DuckDBTypeId.TIMESTAMP_TZ]: "timestamp",
};

/** Name in the catalog of a type of DuckDB's. */
export function fromDuckDb(type: DuckDBType): string {
	switch (type.typeId) {
		case DuckDBTypeId.DECIMAL:
			return `decimal(${type.width},${type.scale})`;
		case DuckDBTypeId.LIST:
		case DuckDBTypeId.ARRAY:
			return `array<${fromDuckDb(type.valueType)}>`;
		case DuckDBTypeId.MAP:
			return `map<${fromDuckDb(type.keyType)},${fromDuckDb(type.valueType)}>`;
		case DuckDBTypeId.STRUCT: {
			const fields = type.entryNames.map((name, at) => {
				const field = type.entryTypes[at];
				return `${name}:${field === undefined ? "string" : fromDuckDb(field)}`;
			});
			return `struct<${fields.join(",")}>`;
		}
		default:
			return duckDbToCatalog[type.typeId] ?? "string";
	}
}

/** Iceberg's type of a field: a name, or a nested type. https://iceberg.apache.org/spec/#schemas-and-data-types */
export type IcebergType =
	| string
	| { type: "list"; element: IcebergType }
	| { type: "map"; key: IcebergType; value: IcebergType }
	| { type: "struct"; fields: { name: string; type: IcebergType }[] };

const icebergToCatalog: Readonly<Record<string, string>> = {
	int: "int",
	long: "bigint",
	timestamptz: "timestamp",
	time: "string",
	uuid: "string",
};

/** Name in the catalog of an Iceberg type. */
export function fromIceberg(type: IcebergType): string {
	if (typeof type === "string") {
		if (type.startsWith("fixed")) return "binary";
		return icebergToCatalog[type] ?? type.replaceAll(" ", "");
	}
	if (type.type === "list") return `array<${fromIceberg(type.element)}>`;
	if (type.type === "map") return `map<${fromIceberg(type.key)},${fromIceberg(type.value)}>`;
	return `struct<${type.fields.map((field) => `${field.name}:${fromIceberg(field.type)}`).join(",")}>`;
}

/**
 * Type of DuckDB's by its name in the catalog.
 * @throws Error where the name is not one of the catalog's types.
 */
export function toDuckDb(type: string): string {
	const simple = catalogToDuckDb[type];
	if (simple !== undefined) return simple;
	const [, outer, inner] = /^(array|map|struct|decimal)[<(](.*)[>)]$/s.exec(type) ?? [];
	const parts = inner === undefined ? [] : splitTopLevel(inner);
	if (outer === "decimal" && parts.length === 2) return `DECIMAL(${parts.join(",")})`;
	if (outer === "array" && inner !== undefined) return `${toDuckDb(inner)}[]`;
	if (outer === "map" && parts.length === 2) return `MAP(${parts.map(toDuckDb).join(", ")})`;
	if (outer === "struct") {
		const fields = partsOfType(type).fields.map((field) => `${quoteName(field.name)} ${toDuckDb(field.type)}`);
		return `STRUCT(${fields.join(", ")})`;
	}
	throw new Error(`unknown column type in the catalog: ${type}`);
}

/** A type's name, and of a nested one what is within it. */
export function partsOfType(type: string): { outer: string; fields: { name: string; type: string }[]; item?: string } {
	const [, outer, inner] = /^(array|map|struct|decimal)[<(](.*)[>)]$/s.exec(type) ?? [];
	if (outer === undefined || inner === undefined) return { outer: type, fields: [] };
	if (outer === "array") return { outer, fields: [], item: inner };
	if (outer !== "struct") return { outer, fields: [] };
	const fields = splitTopLevel(inner).map((part) => {
		const colon = part.indexOf(":");
		return { name: part.slice(0, colon), type: part.slice(colon + 1) };
	});
	return { outer, fields };
}

/** Splits at the commas outside of brackets. */
function splitTopLevel(text: string): string[] {
	const parts: string[] = [];
	let depth = 0;
	let start = 0;
	for (let at = 0; at < text.length; at += 1) {
		const character = text[at];
		if (character === "<" || character === "(") depth += 1;
		else if (character === ">" || character === ")") depth -= 1;
		else if (character === "," && depth === 0) {
			parts.push(text.slice(start, at));
			start = at + 1;
		}
	}
	return [...parts, text.slice(start)];
}
