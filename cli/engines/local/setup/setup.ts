import { join } from "node:path";
import type { Context, SetupResult } from "../../port.ts";
import { makeHome } from "../shared/home.ts";
import { type LocalPaths, localPaths } from "../shared/paths.ts";
import { readSettings } from "../shared/settings.ts";
import { setupError } from "./diagnosis.ts";
import { ensureMariaDb } from "./mariadb.ts";
import { ensurePython, pythonBinary } from "./python.ts";

/**
 * Installs what the local stack needs; quick where all is there. Interrupted, it continues when it is called again.
 * @param options.dev also what the Python tests need.
 */
export async function setup(
	context: Context,
	options: { dev?: boolean } = {},
	paths: LocalPaths = localPaths(),
): Promise<SetupResult> {
	const beganAt = Date.now();
	try {
		await makeHome(paths.home);
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
