import type { Finding, Path } from "../mistakes.ts";
import { nearNames } from "../nearNames.ts";
import type { Parts } from "../parts.ts";
import type { ColumnsEntry, SchemaEntry, TableEntry } from "../tableSchema.ts";
import { fits, type TableName } from "../values.ts";

/** The patterns of a schema, in the two spellings that there are. */
export function patternsOf({ tables }: Partial<SchemaEntry>): {
	include: readonly string[];
	exclude: readonly string[];
} {
	if (Array.isArray(tables)) return { include: tables, exclude: [] };
	return { include: tables?.include ?? ["*"], exclude: tables?.exclude ?? [] };
}

export function badTableName(path: Path, text: string): Finding {
	return {
		path,
		what: `${JSON.stringify(text)} is not the name of a table.`,
		fix: 'Write schema.table. Put a name that contains a dot between backticks: "`my.schema`.orders".',
	};
}

/** @param path of what names the table. */
export function notReplicated({ schema, table }: TableName, path: Path, schemas: Parts["schemas"]): Finding[] {
	if (schemas === undefined) return [];
	const source = schemas.find(({ name }) => name === schema);
	if (source === undefined) {
		const names = schemas.map(({ name }) => name);
		const meant = nearNames(schema, names, 1)[0];
		return [
			{
				path,
				what: `source.schemas does not contain the schema ${JSON.stringify(schema)}.`,
				allowed: names,
				meant,
				fix:
					meant === undefined
						? "Add it to source.schemas, or remove this."
						: `Write ${meant}, or add the schema to source.schemas.`,
			},
		];
	}
	const { include, exclude } = patternsOf(source.entry);
	const pattern = exclude.find((one) => fits(table, one));
	const why =
		pattern !== undefined
			? `exclude contains ${JSON.stringify(pattern)}`
			: include.some((one) => fits(table, one))
				? undefined
				: `include contains only ${include.map((one) => JSON.stringify(one)).join(", ")}`;
	if (why === undefined) return [];
	return [
		{
			path,
			what: `The table ${JSON.stringify(table)} is not replicated: ${why} in source.schemas.${schema}.`,
			fix: pattern === undefined ? `Add ${table} to include, or remove this.` : "Narrow the pattern, or remove this.",
		},
	];
}

/** Names of a list of columns, where the entry is one. */
export function columnList(entry: ColumnsEntry): { kind: "include" | "exclude"; names: readonly string[] } | undefined {
	for (const kind of ["include", "exclude"] as const) {
		const names = entry[kind];
		if (Array.isArray(names)) return { kind, names };
	}
	return undefined;
}

/** Columns of which nothing comes into the lake, as far as the file says. */
export function withheld({ columns }: Pick<TableEntry, "columns">, name: string, defaults: Parts["columns"]): boolean {
	const byDefault = Object.hasOwn(defaults, name) && defaults[name] === "drop";
	if (columns === undefined || columns === null) return byDefault;
	const list = columnList(columns);
	if (list?.kind === "include") return !list.names.includes(name);
	if (list?.names.includes(name)) return true;
	return Object.hasOwn(columns, name) ? columns[name] === "drop" : byDefault;
}

/** Entries of a list that are there twice. */
export function repeatedIn(names: readonly string[], path: Path, what: string): Finding[] {
	return repeated(
		names.map((name, index) => ({ name, path: [...path, index] })),
		what,
	);
}

export function repeated(entries: readonly { name: string; path: Path }[], what: string): Finding[] {
	return entries
		.filter(({ name }, index) => entries.findIndex((other) => other.name === name) < index)
		.map(({ name, path }) => ({
			path,
			what: `The ${what} ${JSON.stringify(name)} is duplicated.`,
			fix: "Remove one of them, or rename it.",
		}));
}

/** The nearest of some names, for a fix. */
export function nearest(name: string, names: readonly string[]): string | undefined {
	return nearNames(name, names, 1)[0];
}
