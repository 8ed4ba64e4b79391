import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What a power failure, or a hand that slipped, leaves of a file; zeros are what a disk has whose data did not arrive. */
export const damages: Record<string, (path: string) => Promise<void>> = {
	gone: (path) => rm(path),
	empty: (path) => writeFile(path, ""),
	cut: async (path) => {
		const whole = await readFile(path);
		await writeFile(path, whole.subarray(0, whole.length / 2));
	},
	zeros: async (path) => writeFile(path, Buffer.alloc((await stat(path)).size)),
};

/** Kinds of files that a stack writes, as patterns below its folder. Of each the newest one is the last that was written. */
export const kinds: Record<string, RegExp> = {
	"raw file of a load": /^lake\/raw\/own\/items\/LOAD.*\.parquet$/,
	"raw file of changes": /^lake\/raw\/own\/items\/2.*\.parquet$/,
	"click file": /^lake\/raw\/clickstream-data\/.*\.gz$/,
	"batch of a change log": /^lake\/processed\/own\/items\/batch=.*\.parquet$/,
	"data of a current table": /^lake\/processed\/current\/own\/items\/data\//,
	"manifest of a current table": /^lake\/processed\/current\/own\/items\/metadata\/manifest/,
	"manifest list of a current table": /^lake\/processed\/current\/own\/items\/metadata\/snap/,
	"metadata of a current table": /^lake\/processed\/current\/own\/items\/metadata\/.*\.json$/,
	"hint of a current table": /^lake\/processed\/current\/own\/items\/metadata\/version-hint/,
	"data of a model": /^lake\/processed\/models\/totals\/data\//,
	"metadata of a model": /^lake\/processed\/models\/totals\/metadata\/.*\.json$/,
	"hint of a model": /^lake\/processed\/models\/totals\/metadata\/version-hint/,
	"state of a table": /^lake\/processed\/_state\/own\/items\.json$/,
	"state of the models": /^lake\/processed\/_state\/models\.json$/,
	"names of the tables": /^lake\/processed\/_state\/names\.json$/,
	"report of a job": /^lake\/processed\/_runs\/.*\/apply-changes\.json$/,
	"data sets of a run": /^runs\/.*\/datasets\.json$/,
	catalog: /^catalog\.json$/,
	warehouse: /^warehouse\.duckdb$/,
	"status of the replicator": /^replication\/status\.json$/,
	"lock of the replicator": /^replication\/lock\.duckdb$/,
	checkpoint: /^replication\/checkpoint\.json$/,
	"state of the schedule": /^schedule\/status\.json$/,
	"password of the source": /^source\/password$/,
	"settings of the source": /^source\/my\.cnf$/,
};

/** The newest file of a kind. @param home the stack's folder. */
export async function newestOf(home: string, kind: RegExp): Promise<string> {
	const names = (await readdir(home, { recursive: true })).filter((name) => kind.test(name));
	const timed = await Promise.all(names.map(async (name) => ({ name, time: (await stat(join(home, name))).mtimeMs })));
	const [newest] = timed.sort((one, other) => other.time - one.time);
	if (newest === undefined) throw new Error(`there is no file like ${kind}`);
	return join(home, newest.name);
}
