import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { lake } from "../../../../../etl/contract/contract.ts";
import { fromFolder, rawFolderForm } from "../../../../../etl/contract/names.ts";
import { isMissing, namesIn } from "../../../../common/fs.ts";
import { type JsonKind, readJsonFile } from "../../../../common/jsonFile.ts";
import { subfolders } from "../../catalog/lakeFolders.ts";
import type { LocalPaths } from "../../shared/paths.ts";

const schema = z.looseObject({
	/** Raw files whose rows are in the change log. */
	files: z.record(z.string(), z.looseObject({ size: z.number() })),
	/** Older change files: those with names before `until`, of each day in them the number and one fingerprint of all. */
	old_files: z
		.object({ until: z.string(), days: z.record(z.string(), z.tuple([z.number(), z.string()])) })
		// Until the next run of the jobs an older version's list says nothing here.
		.catch({ until: "", days: {} }),
	set_aside: z.record(z.string(), z.unknown()).default({}),
	batches: z.array(
		z.looseObject({
			number: z.number(),
			kind: z.enum(["load", "change"]),
			last_file: z.string(),
			rows: z.number(),
			before_reload: z.boolean().default(false),
		}),
	),
	generation: z.number(),
	/** Time of the order to empty the table that was followed last, nanoseconds. */
	cleared: z.number().default(0),
	applied: z.looseObject({ key: z.array(z.string()) }).nullable(),
});

/** What the jobs know of a table: `etl/lakehouse/storage/state.py`. */
export type TableState = z.infer<typeof schema>;

const stateFile: JsonKind<TableState> = {
	name: "The state of a table",
	schema,
	remedy: () => ({ fix: "Run the jobs; they report what to do.", next: "pipeline-cli run-etl" }),
};

export interface KnownTable {
	schema: string;
	table: string;
	state: TableState;
}

/** Every table that the jobs know, and paths of states that cannot be read, with the reason. */
export async function knownTables(paths: LocalPaths): Promise<{ tables: KnownTable[]; damaged: [string, unknown][] }> {
	const root = join(paths.processed, lake.state);
	const tables: KnownTable[] = [];
	const damaged: [string, unknown][] = [];
	for (const schemaFolder of await subfolders(root)) {
		for (const file of await namesIn(join(root, schemaFolder))) {
			const name = { schema: fromFolder(schemaFolder), table: fromFolder(file.replace(/\.json$/, "")) };
			if (`${lake.state}/${schemaFolder}/${file}` !== lake.tableState(name.schema, name.table)) continue;
			const path = join(root, schemaFolder, file);
			try {
				const state = await readJsonFile(path, stateFile);
				if (state !== undefined) tables.push({ ...name, state });
			} catch (error) {
				damaged.push([path, error]);
			}
		}
	}
	return { tables, damaged };
}

/** Whether an order to empty a table has come that the jobs have not followed yet: then its files are another time's. */
export async function isCleared(paths: LocalPaths, { schema: name, table, state }: KnownTable): Promise<boolean> {
	try {
		const order = join(paths.raw, lake.cleared, rawFolderForm(name), rawFolderForm(table));
		return Number((await stat(order, { bigint: true })).mtimeNs) > state.cleared;
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
}

/** Batches that count for the current table. */
export function countedBatches({ batches, generation }: TableState): TableState["batches"] {
	return batches.filter((batch) => batch.number >= generation && !batch.before_reload);
}
