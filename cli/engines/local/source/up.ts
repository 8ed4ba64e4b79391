import { randomBytes } from "node:crypto";
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PipelineError } from "../../../common/errors.ts";
import { exists, readIfThere, writeFileAtomic } from "../../../common/fs.ts";
import { addressOf, isSameServer, type ServerAddress } from "../../mysql/access.ts";
import type { Context, PrivateOptions, PrivateSource } from "../../port.ts";
import { setupError } from "../setup/diagnosis.ts";
import { ensureMariaDb } from "../setup/mariadb.ts";
import { type Asked, commandBeside } from "../shared/beside.ts";
import { choosePipeline, requireFreeFolders } from "../shared/definition.ts";
import { makeHome } from "../shared/home.ts";
import { withLockFile } from "../shared/lockFile.ts";
import { type LocalPaths, localPaths } from "../shared/paths.ts";
import { type LocalSettings, passwordFile, readSettings, writeSettings } from "../shared/settings.ts";
import { serverConfig } from "./config.ts";
import {
	chooseFreePort,
	initialise,
	isPortFree,
	portTaken,
	serverFiles,
	serverProcess,
	startServer,
	stopServer,
} from "./privateServer.ts";

const user = "pipeline";

/**
 * Brings the private MariaDB to run; repeated, it finds it running. The first time it is initialised, with a port that
 * stays and a generated password.
 */
export async function startPrivateSource(
	context: Context,
	options: PrivateOptions = {},
	paths: LocalPaths = localPaths(),
): Promise<PrivateSource> {
	const before = await readSettings(paths);
	await refuseOtherSource(before, { kind: "private" }, options, paths);
	const mariaDb = await ensureMariaDb(context, join(paths.home, "logs"));
	return context.reporter.task("Start the private MariaDB", async (update) => {
		await makeSourceFolder(paths);
		const waiting = (pid: number): void => update(`waiting for process ${pid}, which is starting it`);
		return withLockFile(serverFiles(paths).lock, context.signal, waiting, async () => {
			const settings = await readSettings(paths);
			const port = await choosePort(settings, options.port, paths);
			const known = settings?.source.kind === "private" ? settings.source.schemas : undefined;
			const { schemas: defined, ...chosen } = await choosePipeline(options.pipeline, settings, known, paths, {
				schemas: options.schemas,
			});
			const schemas = options.schemas ?? defined;
			requireFreeFolders(schemas, chosen.pipeline);
			const source = { kind: "private" as const, host: "127.0.0.1", port, user, tls: "DISABLED" as const, schemas };
			const kept = settings?.source.kind === "private" ? await keptPassword(paths) : undefined;
			await writeSettings({ version: 1, ...chosen, source }, paths);
			const address = `127.0.0.1:${port}`;
			if ((await serverProcess(paths)) !== undefined) {
				update(address);
				if (kept !== undefined) return { action: "already running" as const, address };
				// It runs with a password that nobody knows any more; a start sets a new one.
				await stopServer(paths);
			}
			const password = kept ?? (await newPassword(paths));
			const files = serverFiles(paths);
			await writeFileAtomic(files.config, serverConfig(paths, port), 0o600);
			const isNew = await initialise(mariaDb, paths, context.signal, () => update("initialising"));
			update("starting");
			await startServer(mariaDb, { ...source, password }, paths, context.signal);
			update(address);
			return { action: isNew ? ("initialised" as const) : ("started" as const), address };
		});
	});
}

/** Stops the private server. A server of the user's own is left alone. */
export async function stopSource(
	context: Context,
	paths: LocalPaths = localPaths(),
): Promise<"stopped" | "not running" | "not ours"> {
	if ((await serverProcess(paths)) === undefined) {
		// Damaged settings need not fail this: there is nothing to stop.
		const settings = await readSettings(paths).catch(() => undefined);
		return settings?.source.kind === "external" ? "not ours" : "not running";
	}
	return context.reporter.task("Stop the private MariaDB", () => stopServer(paths));
}

/**
 * A replication holds positions of one server's binary log, so a stack keeps its source once it replicates.
 * @param asked what a stack of its own for the other one is to have.
 * @throws PipelineError where another source is in use.
 */
export async function refuseOtherSource(
	settings: LocalSettings | undefined,
	wanted: { kind: "private" } | ({ kind: "external" } & Pick<ServerAddress, "host" | "port" | "socket">),
	asked: Asked,
	paths: LocalPaths,
): Promise<void> {
	if (settings === undefined) return;
	const { kind } = settings.source;
	if (kind === wanted.kind && (wanted.kind === "private" || isSameServer(wanted, settings.source))) return;
	const name = `${kind === "private" ? "its private MariaDB" : "your own server"} at ${addressOf(settings.source)}`;
	if (await exists(paths.replication)) {
		throw new PipelineError("usage", {
			what: `The local stack already replicates from ${name}.`,
			why: `The positions and data in ${paths.home} belong to that source.`,
			fix: "Use a separate stack for the other source, or remove this stack first: pipeline-cli down --purge",
			next: await commandBeside(asked, settings),
		});
	}
	if (kind === "private" && (await serverProcess(paths)) !== undefined) {
		throw new PipelineError("usage", {
			what: `The local stack uses ${name}, which is running.`,
			fix: "Stop it first.",
			next: "pipeline-cli source down",
		});
	}
}

async function choosePort(
	settings: LocalSettings | undefined,
	wanted: number | undefined,
	paths: LocalPaths,
): Promise<number> {
	const kept = settings?.source.kind === "private" ? settings.source.port : undefined;
	if ((await serverProcess(paths)) !== undefined && kept !== undefined) {
		if (wanted === undefined || wanted === kept) return kept;
		throw new PipelineError("usage", {
			what: `The private source runs on port ${kept}.`,
			fix: `Stop it, then start it on port ${wanted}.`,
			next: `pipeline-cli source down && pipeline-cli source up --port ${wanted}`,
		});
	}
	const port = wanted ?? kept ?? (await chooseFreePort());
	if (!(await isPortFree(port))) throw portTaken(port);
	return port;
}

/** @returns the password of the last time; undefined where there is none, or none that was generated here. */
async function keptPassword(paths: LocalPaths): Promise<string | undefined> {
	const password = (await readIfThere(passwordFile(paths)))?.trimEnd();
	return password !== undefined && /^[\w-]{24,}$/.test(password) ? password : undefined;
}

async function newPassword(paths: LocalPaths): Promise<string> {
	const password = randomBytes(24).toString("base64url");
	await writeFileAtomic(passwordFile(paths), `${password}\n`, 0o600);
	return password;
}

/** Makes the folders of the stack and of its source. Only their owner may look into them: the lake is a copy of the source. */
export async function makeSourceFolder(paths: LocalPaths): Promise<void> {
	try {
		await makeHome(paths.home);
		await mkdir(paths.source, { recursive: true });
		await chmod(paths.source, 0o700);
	} catch (error) {
		throw setupError(`${paths.source} could not be created.`, error, "pipeline-cli source up");
	}
}
