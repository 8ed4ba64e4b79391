import { join } from "node:path";
import { z } from "zod";
import { lake } from "../../../../etl/contract/contract.ts";
import { catalogForm, exactForm } from "../../../../etl/contract/names.ts";
import { type JsonKind, readJsonFile } from "../../../common/jsonFile.ts";
import type { LocalPaths } from "../shared/paths.ts";
import type { RegisteredTable } from "./catalogFile.ts";

const namesSchema = z.array(z.object({ schema: z.string(), table: z.string(), name: z.string() }));

const namesFile: JsonKind<z.infer<typeof namesSchema>> = {
	name: "The list of table names",
	schema: namesSchema,
	remedy: (path) => ({
		fix: `Remove ${path}. The next run of the jobs writes it again.`,
		next: "pipeline-cli run-etl",
	}),
};

/** Names in the catalog that the jobs gave the source's tables. */
export class GivenNames {
	readonly #names: ReadonlyMap<string, string>;

	private constructor(names: ReadonlyMap<string, string>) {
		this.#names = names;
	}

	static async read(paths: LocalPaths): Promise<GivenNames> {
		const entries = (await readJsonFile(join(paths.processed, lake.tableNames), namesFile)) ?? [];
		return new GivenNames(new Map(entries.map(({ schema, table, name }) => [keyOf(schema, table), name])));
	}

	of(schema: string, table: string): string | undefined {
		return this.#names.get(keyOf(schema, table));
	}
}

function keyOf(schema: string, table: string): string {
	return `${schema}\0${table}`;
}

/** A current table that has another name than its own, and no alias. */
export interface SharingTable extends RegisteredTable {
	source: { schema: string; table: string };
}

/** The current tables that would have a name, had not more than one wanted it: qualified ones end as the table is called. */
export function sharing(name: string, tables: readonly RegisteredTable[]): SharingTable[] {
	return tables.filter(
		(table): table is SharingTable =>
			table.format === "iceberg" &&
			table.source !== undefined &&
			catalogForm(table.source.table) === name &&
			table.name !== name &&
			isQualified(table.name, table.source),
	);
}

/** Whether a name is one that the jobs gave, and no alias. */
function isQualified(name: string, { schema, table }: SharingTable["source"]): boolean {
	return [`${exactForm(schema)}_${exactForm(table)}`, exactForm(`${schema}\0${table}`)].includes(name);
}

/** What such a name stands for. */
export function sharedName(name: string, tables: readonly SharingTable[]): string {
	const list = tables.map((table) => `${table.source.schema}.${table.source.table} is called ${table.name} there`);
	return `Several tables would be called ${name} in the catalog: ${list.join(", ")}.`;
}
