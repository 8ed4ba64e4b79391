import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { namesIn } from "../../common/fs.ts";
import { isAlive } from "../../common/process/processIdentity.ts";

/** A folder of a session's own, for what is larger than memory. DuckDB makes it when it needs it, and removes it. */
export function spillFolder(parent: string): string {
	return join(parent, `.duckdb-p${process.pid}-${randomUUID()}`);
}

/** Removes what sessions of processes that were killed have left. */
export async function removeSpilled(parent: string): Promise<void> {
	for (const name of await namesIn(parent)) {
		if (!name.startsWith(".duckdb-")) continue;
		const [, pid] = /^\.duckdb-p(\d+)-/.exec(name) ?? [];
		if (pid === undefined || !isAlive(Number(pid))) await rm(join(parent, name), { recursive: true, force: true });
	}
}
