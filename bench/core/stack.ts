import { existsSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import { passwordFile, writeSettings } from "../../cli/engines/local/shared/settings.ts";
import { type Cost, cost, type Program } from "./processes.ts";

/** The built command line. */
export const cli = join(projectRoot, "dist", "pipeline-cli.js");

/** A local stack that reads a server of the benchmark's. */
export class BenchStack {
	readonly home: string;

	private constructor(home: string) {
		this.home = home;
	}

	/** @param home a folder to be. Nothing is replicated yet. */
	static async create(home: string, port: number, schemas: readonly string[]): Promise<BenchStack> {
		const paths = localPaths(home);
		await mkdir(paths.source, { recursive: true });
		await symlink(join(projectRoot, ".pipeline", "python"), join(home, "python"));
		await writeFile(passwordFile(paths), "", { mode: 0o600 });
		const source = { kind: "external", host: "127.0.0.1", port, user: "root", tls: "DISABLED" } as const;
		await writeSettings({ version: 1, source: { ...source, schemas: [...schemas] } }, paths);
		return new BenchStack(home);
	}

	/** Measures a command with the processes that it starts. */
	run(args: readonly string[], until?: Program["until"]): Promise<Cost> {
		const program = { command: process.execPath, args: [cli, ...args], env: { PIPELINE_HOME: this.home } };
		return cost(until === undefined ? program : { ...program, until });
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
