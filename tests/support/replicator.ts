import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance, type JS } from "@duckdb/node-api";
import { poll } from "../../cli/common/poll.ts";
import { bundledProgram } from "../../cli/engines/local/replication/client/daemonProcess.ts";
import { LocalReplication } from "../../cli/engines/local/replication/client/localReplication.ts";
import { type LocalPaths, localPaths } from "../../cli/engines/local/shared/paths.ts";
import { passwordFile, writeSettings } from "../../cli/engines/local/shared/settings.ts";
import type { Context, TableStatistics } from "../../cli/engines/port.ts";

/** A local stack with a replicator that a test may start, kill, and look into. */
export interface TestStack {
	paths: LocalPaths;
	replication: LocalReplication;
	context: Context;
	/** What was noted and warned of. */
	notes: string[];
	/** Process id of the supervisor, and of its worker. */
	supervisorPid(): Promise<number | undefined>;
	workerPid(): Promise<number | undefined>;
	statistics(id: string): Promise<TableStatistics | undefined>;
	/** Names of a table's raw files, sorted. */
	files(schema: string, table: string): Promise<string[]>;
	/** Rows of an SQL query over raw files; `{schema/table}` stands for all files of a table. */
	query(sql: string): Promise<Record<string, JS>[]>;
	/** Ends the replicator. */
	close(): Promise<void>;
}

/**
 * Its replicator is the bundle, as users have it, which starts in half the time.
 * @param home a folder that exists.
 */
export async function makeStack(home: string, port: number, schemas: string[]): Promise<TestStack> {
	const paths = localPaths(home);
	await writeSettings(
		{ version: 1, source: { kind: "external", host: "127.0.0.1", port, user: "root", tls: "DISABLED", schemas } },
		paths,
	);
	await mkdir(paths.source, { recursive: true });
	await writeFile(passwordFile(paths), "", { mode: 0o600 });
	const replication = new LocalReplication(paths, bundledProgram);
	const notes: string[] = [];
	const context: Context = {
		signal: new AbortController().signal,
		reporter: {
			task: (_title, run) => run(() => undefined),
			wait: (_title, work) => work(),
			note: (text) => void notes.push(text),
			warn: (text) => void notes.push(text),
		},
	};
	const database = await DuckDBInstance.create();
	const connection = await database.connect();
	const supervisorPid = async (): Promise<number | undefined> => {
		const text = await readFile(join(paths.replication, "pid"), "utf8").catch(() => "");
		return text === "" ? undefined : Number.parseInt(text, 10);
	};
	const files = async (schema: string, table: string): Promise<string[]> =>
		(await readdir(join(paths.raw, schema, table)).catch(() => [])).sort();
	return {
		paths,
		replication,
		context,
		notes,
		supervisorPid,
		workerPid: async () => {
			const parent = await supervisorPid();
			if (parent === undefined) return undefined;
			const children = await readFile(`/proc/${parent}/task/${parent}/children`, "utf8").catch(() => "");
			return children.trim() === "" ? undefined : Number.parseInt(children, 10);
		},
		statistics: async (id) => (await replication.tables()).find((one) => `${one.schema}.${one.table}` === id),
		files,
		query: async (sql) => {
			const text = sql.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
				return `read_parquet('${join(paths.raw, name, "*.parquet")}', union_by_name = true, filename = true)`;
			});
			for (;;) {
				try {
					return (await connection.runAndReadAll(text)).getRowObjectsJS();
				} catch (error) {
					// A reload has removed a file since it was listed; the next look has what came in its place.
					if (!/Cannot open file/.test((error as Error).message)) throw error;
				}
			}
		},
		close: async () => {
			await replication.stop(context);
			connection.closeSync();
			database.closeSync();
		},
	};
}

/** Waits until a condition holds; the test's own timeout is the limit. @returns what it gave. */
export function until<T>(condition: () => Promise<T | undefined | false>, everyMs = 50): Promise<T> {
	return poll({ firstMs: everyMs }, async () => {
		const value = await condition();
		return value === false ? undefined : value;
	});
}
