import { existsSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import { passwordFile, writeSettings } from "../../cli/engines/local/shared/settings.ts";
import { begin, type Cost, type Program, type Running } from "./processes.ts";
import { type Watched, watchStack } from "./watch.ts";

/** The built command line. */
export const cli = join(projectRoot, "dist", "pipeline-cli.js");

/** A local stack that reads a server of the benchmark's. */
export class BenchStack {
	readonly home: string;

	private constructor(home: string) {
		this.home = home;
	}

	/**
	 * @param home a folder to be. Nothing is replicated yet.
	 * @param pipeline folder of a definition; default: the sample shop.
	 */
	static async create(home: string, port: number, schemas: readonly string[], pipeline?: string): Promise<BenchStack> {
		const paths = localPaths(home);
		await mkdir(paths.source, { recursive: true });
		await symlink(join(projectRoot, ".pipeline", "python"), join(home, "python"));
		await writeFile(passwordFile(paths), "", { mode: 0o600 });
		const source = { kind: "external", host: "127.0.0.1", port, user: "root", tls: "DISABLED" } as const;
		await writeSettings(
			{ version: 1, source: { ...source, schemas: [...schemas] }, ...(pipeline === undefined ? {} : { pipeline }) },
			paths,
		);
		return new BenchStack(home);
	}

	/** A folder in which nothing is set up but the Python of the jobs. */
	static async empty(home: string): Promise<BenchStack> {
		await mkdir(home, { recursive: true });
		await symlink(join(projectRoot, ".pipeline", "python"), join(home, "python"));
		return new BenchStack(home);
	}

	/** Measures a command with the processes that it starts. */
	run(args: readonly string[], until?: Program["until"]): Promise<Cost> {
		return this.begin(args, until === undefined ? {} : { until }).ended();
	}

	/** Looks at a table whose `id` grows with each change. */
	watch(schema: string, table: string): Promise<Watched> {
		return watchStack(this.home, schema, table);
	}

	begin(args: readonly string[], program: Partial<Program> = {}): Running {
		return begin({ command: process.execPath, args: [cli, ...args], env: { PIPELINE_HOME: this.home }, ...program });
	}

	/** Ends its replicator, if there is one. */
	async stop(): Promise<void> {
		if (existsSync(this.home)) await this.run(["replication", "stop"]);
	}

	/** Whether everything up to a place of the binlog is published, which the replicator's checkpoint says. */
	async hasReached(place: { file: string; offset: number }): Promise<boolean> {
		const text = await readFile(join(localPaths(this.home).replication, "checkpoint.json"), "utf8").catch(() => "");
		const found = /"position":\s*\{\s*"file":\s*"([^"]+)",\s*"offset":\s*(\d+)/.exec(text);
		return found !== null && (found[1] as string) >= place.file && Number(found[2]) >= place.offset;
	}

	/** Counters of a table, as `replication tables` has them. */
	async table(name: string): Promise<Record<string, unknown>> {
		const { stdout } = await this.run(["replication", "tables", "--json"]);
		const { tables } = JSON.parse(stdout) as { tables: { table: string }[] };
		const found = tables.find(({ table }) => table === name);
		if (found === undefined) throw new Error(`${name} is not replicated`);
		return found;
	}
}
