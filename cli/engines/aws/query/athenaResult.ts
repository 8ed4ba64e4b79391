import type { AthenaClient, ColumnInfo, Row } from "@aws-sdk/client-athena";
import type { CatalogColumn } from "../../port.ts";

/** Digits that a double holds of any decimal number. */
const exactDigits = 15;

/** Athena's names of types that the catalog has under another name. What it gives as text is text. */
const catalogTypes: Readonly<Record<string, string>> = {
	...Object.fromEntries(
		["boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "date", "timestamp", "binary"].map(
			(name) => [name, name],
		),
	),
	integer: "int",
	real: "float",
	varbinary: "binary",
};

/** Columns and rows of a query that succeeded, page by page. Types are named as in the catalog. */
export async function readResult(
	client: AthenaClient,
	id: string,
	statementType: string | undefined,
): Promise<{ columns: CatalogColumn[]; rows: unknown[][] }> {
	const { paginateGetQueryResults } = await import("@aws-sdk/client-athena");
	let infos: ColumnInfo[] = [];
	const rows: Row[] = [];
	for await (const { ResultSet: set } of paginateGetQueryResults({ client }, { QueryExecutionId: id })) {
		if (infos.length === 0) infos = set?.ResultSetMetadata?.ColumnInfo ?? [];
		rows.push(...(set?.Rows ?? []));
	}
	// The first row of a SELECT is its header.
	if (statementType !== "DDL" && rows[0] !== undefined && isHeader(rows[0], infos)) rows.shift();
	return {
		columns: infos.map((info) => ({ name: info.Name ?? "", type: catalogType(info) })),
		rows: rows.map(({ Data: data = [] }) => infos.map((info, index) => plain(data[index]?.VarCharValue, info))),
	};
}

/** https://docs.aws.amazon.com/athena/latest/APIReference/API_ColumnInfo.html */
function catalogType({ Type: type = "", Precision: precision = 0, Scale: scale = 0 }: ColumnInfo): string {
	if (type === "decimal") return `decimal(${precision},${scale})`;
	return catalogTypes[type] ?? "string";
}

function isHeader({ Data: data = [] }: Row, infos: readonly ColumnInfo[]): boolean {
	return infos.length > 0 && infos.every(({ Name: name }, index) => data[index]?.VarCharValue === name);
}

/**
 * A value as it goes into a result: number where a double holds it exactly, else text. Nested values stay Athena's text, which
 * cannot be read back without doubt.
 */
function plain(text: string | undefined, { Type: type = "", Precision: precision = 0 }: ColumnInfo): unknown {
	if (text === undefined) return null;
	switch (type) {
		case "boolean":
			return text === "true";
		case "tinyint":
		case "smallint":
		case "integer":
		case "int":
			return Number(text);
		case "bigint":
			return Number.isSafeInteger(Number(text)) ? Number(text) : text;
		case "float":
		case "real":
		case "double":
			return Number.isFinite(Number(text)) ? Number(text) : text;
		case "decimal":
			return precision <= exactDigits ? Number(text) : text;
		case "varbinary":
			// Athena shows bytes apart from each other.
			return text.replaceAll(" ", "");
		default:
			return text;
	}
}
