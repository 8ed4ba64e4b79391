import { constants } from "node:fs";
import { access, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { messageOf, PipelineError } from "../../../common/errors.ts";
import { exists } from "../../../common/fs.ts";
import { nodeFault } from "../../../common/nodeVersion.ts";
import { outputOf } from "../../../common/process/childProcess.ts";
import type { Check } from "../../port.ts";
import { findMariaDb, installCommand } from "../setup/mariadb.ts";
import { environmentState, pythonBinary } from "../setup/python.ts";
import type { LocalPaths } from "../shared/paths.ts";
import { type LocalSettings, readSettings } from "../shared/settings.ts";
import { LocalSource } from "../source/localSource.ts";
import { isPortFree, serverProcess } from "../source/privateServer.ts";
import { inodeCheck, spaceCheck } from "./disk.ts";

/** Everything that the local stack needs, also where there is none yet: then what its start will need. */
export async function localChecks(paths: LocalPaths): Promise<Check[]> {
	const settings = await readSettings(paths);
	const isPrivate = settings?.source.kind !== "external";
	const found = await Promise.all([
		nodeCheck(),
		pythonCheck(paths),
		engineCheck(paths),
		isPrivate ? mariaDbCheck() : undefined,
		...(await diskChecks(paths)),
		loopbackCheck(),
		settings !== undefined && isPrivate ? portCheck(settings, paths) : undefined,
	]);
	return [
		...found.filter((check) => check !== undefined),
		...(settings === undefined ? [] : await sourceChecks(paths)),
	];
}

async function nodeCheck(): Promise<Check> {
	const fault = nodeFault(process.versions.node);
	return { name: "Node.js", ok: fault === undefined, found: process.versions.node, ...(fault && { fix: fault.fix }) };
}

async function pythonCheck(paths: LocalPaths): Promise<Check> {
	const state = await environmentState(paths);
	const name = "Python environment";
	if (state.ready) return { name, ok: true, found: `${state.found} in ${paths.python}` };
	return { name, ok: false, found: state.found, fix: "Run: pipeline-cli setup" };
}

/** Whether the engine's native library loads here, which pip cannot know. */
async function engineCheck(paths: LocalPaths): Promise<Check | undefined> {
	if (!(await exists(pythonBinary(paths)))) return undefined;
	const name = "engine of the jobs";
	const probe =
		'from importlib.metadata import version; import pysail.spark; print("Sail", version("pysail"), "PySpark", version("pyspark"))';
	try {
		const { stdout } = await outputOf(pythonBinary(paths), ["-I", "-c", probe]);
		return { name, ok: true, found: stdout.trim() };
	} catch (error) {
		const why = messageOf(error).trim().split("\n").at(-1) ?? "";
		return { name, ok: false, found: why, fix: `Remove ${paths.python}, then run: pipeline-cli setup` };
	}
}

async function mariaDbCheck(): Promise<Check> {
	const found = await findMariaDb();
	const name = "MariaDB";
	if (found !== undefined) return { name, ok: true, found: `${found.version}, ${found.server}` };
	return {
		name,
		ok: false,
		found: "no MariaDB 10.5 or newer",
		fix: `Install it: ${await installCommand()}. On Debian and Ubuntu, \`pipeline-cli setup\` as root installs it.`,
	};
}

/** Looks at the disk that the stack's folder is on, or will be. Makes nothing. */
async function diskChecks(paths: LocalPaths): Promise<Check[]> {
	let place = paths.home;
	while (!(await exists(place))) place = dirname(place);
	try {
		await access(place, constants.W_OK);
	} catch (error) {
		const fix = "Make it writable for your user, or set PIPELINE_HOME to a writable folder.";
		return [{ name: "folder", ok: false, found: messageOf(error), fix }];
	}
	const disk = await statfs(place);
	const hasPython = await exists(join(paths.python, "installed.json"));
	return [spaceCheck(disk, paths.home, hasPython), ...inodeCheck(disk, paths.home)];
}

/** Source, engine and dashboard listen on the loopback only; a container or a firewall may not let them. */
async function loopbackCheck(): Promise<Check> {
	const name = "loopback";
	try {
		await isPortFree(0);
		return { name, ok: true, found: "127.0.0.1 accepts connections" };
	} catch (error) {
		const fix = "Allow programs to listen on 127.0.0.1. A container needs a network with a loopback interface.";
		return { name, ok: false, found: whyOf(error), fix };
	}
}

async function portCheck({ source: { port } }: LocalSettings, paths: LocalPaths): Promise<Check> {
	const name = `port ${port}`;
	if ((await serverProcess(paths)) !== undefined) return { name, ok: true, found: "used by the private MariaDB" };
	const fix = `End the program that uses it (lsof -nP -iTCP:${port} -sTCP:LISTEN), or run: pipeline-cli source up --port <port>`;
	try {
		if (await isPortFree(port)) return { name, ok: true, found: "free for the private MariaDB" };
		return { name, ok: false, found: "used by another program", fix };
	} catch (error) {
		return { name, ok: false, found: whyOf(error), fix };
	}
}

/** Settings and grants of the source; one that does not answer is a check that fails, since the others still help. */
async function sourceChecks(paths: LocalPaths): Promise<Check[]> {
	try {
		return await new LocalSource(paths).checks();
	} catch (error) {
		if (!(error instanceof PipelineError)) throw error;
		const { what, why, fix } = error.text;
		const found = [what, why].filter(Boolean).join(" ").replaceAll("\n", " ");
		return [{ name: "source", ok: false, found, fix: fix ?? "Start it: pipeline-cli up" }];
	}
}

function whyOf(error: unknown): string {
	return error instanceof PipelineError ? (error.text.why ?? error.text.what) : messageOf(error);
}
