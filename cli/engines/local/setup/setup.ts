import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../port.ts";
import { type LocalPaths, localPaths } from "../shared/paths.ts";
import { readSettings } from "../shared/settings.ts";
import { setupError } from "./diagnosis.ts";
import { ensureMariaDb, type MariaDb } from "./mariadb.ts";
import { ensurePython, pythonBinary } from "./python.ts";

export interface SetupResult {
	python: { binary: string; action: "installed" | "ready" };
	/** Absent where the source is a server of the user's own. */
	mariaDb?: MariaDb;
	seconds: number;
}

/**
 * Installs what the local stack needs; quick where all is there. Interrupted, it goes on when it is called again.
 * @param options.dev also what the Python tests need.
 */
export async function setup(
	context: Context,
	options: { dev?: boolean } = {},
	paths: LocalPaths = localPaths(),
): Promise<SetupResult> {
	const beganAt = Date.now();
	try {
		await mkdir(paths.home, { recursive: true });
	} catch (error) {
		throw setupError(`${paths.home} could not be created.`, error);
	}
	const isExternal = (await readSettings(paths))?.source.kind === "external";
	const mariaDb = isExternal ? undefined : await ensureMariaDb(context, join(paths.home, "logs"));
	const action = await ensurePython(context, paths, options.dev === true);
	return {
		python: { binary: pythonBinary(paths), action },
		...(mariaDb === undefined ? {} : { mariaDb }),
		seconds: (Date.now() - beganAt) / 1000,
	};
}
