import { join } from "node:path";
import { z } from "zod";
import { batchKeys, changeLogColumns, lake, rawColumns } from "../../../../etl/contract/contract.ts";
import { fromFolder } from "../../../../etl/contract/names.ts";
import { namesIn } from "../../../common/fs.ts";
import { type JsonKind, readJsonFileIfGood } from "../../../common/jsonFile.ts";
import type { LocalPaths } from "../shared/paths.ts";
import type { RegisteredTable } from "./catalogFile.ts";
import { subfolders } from "./lakeFolders.ts";

const stateSchema = z.object({
	batches: z.array(z.object({ columns: z.array(z.tuple([z.string(), z.string()])), before: z.array(z.string()) })),
});

/** Of a table's bookkeeping, what a crawl wants: the jobs name a damaged one. */
const stateFile: JsonKind<z.infer<typeof stateSchema>> = {
	name: "The state of a table",
	schema: stateSchema,
	remedy: () => ({ fix: "Run the jobs; they report what to do.", next: "pipeline-cli run-etl" }),
};

export interface EmptyLog {
	source: { schema: string; table: string };
	shape: Pick<RegisteredTable, "columns" | "partitionKeys">;
}

/** Change logs without a row, which have no folder: the jobs' bookkeeping has their columns. @param known folders of the others. */
export async function emptyLogs(paths: LocalPaths, known: ReadonlySet<string>): Promise<EmptyLog[]> {
	const states = join(paths.processed, lake.state);
	const found: EmptyLog[] = [];
	for (const schemaFolder of await subfolders(states)) {
		for (const file of (await namesIn(join(states, schemaFolder))).sort()) {
			const source = { schema: fromFolder(schemaFolder), table: fromFolder(file.replace(/\.json$/, "")) };
			const isState = `${lake.state}/${schemaFolder}/${file}` === lake.tableState(source.schema, source.table);
			if (!isState || known.has(lake.changeLog(source.schema, source.table))) continue;
			const state = await readJsonFileIfGood(join(states, schemaFolder, file), stateFile);
			const last = state?.batches.at(-1);
			if (last !== undefined) found.push({ source, shape: shapeOf(last) });
		}
	}
	return found;
}

function shapeOf({ columns, before }: z.infer<typeof stateSchema>["batches"][number]): EmptyLog["shape"] {
	const typed = columns.map(([name, type]) => ({ name, type: type.startsWith("timestamp") ? "timestamp" : type }));
	const images = typed
		.filter(({ name }) => before.includes(name))
		.map(({ name, type }) => ({ name: `${rawColumns.beforeImagePrefix}${name}`, type }));
	return {
		columns: [...Object.values(changeLogColumns).map((name) => ({ name, type: "string" })), ...typed, ...images],
		partitionKeys: [{ name: batchKey(typed), type: "int" }],
	};
}

/** What a change log's partitions are called. @param columns its own. */
export function batchKey(columns: readonly { name: string }[]): string {
	return columns.some(({ name }) => name.toLowerCase() === batchKeys.usual) ? batchKeys.own : batchKeys.usual;
}
