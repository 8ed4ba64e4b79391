import { mkdir, open, readFile, readlink, realpath, rename, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { basename, join } from "node:path";
import { messageOf, PipelineError } from "../../../common/errors.ts";
import { exists, writeFileAtomic } from "../../../common/fs.ts";
import { PollTimeout, poll } from "../../../common/poll.ts";
import { spawn } from "../../../common/process/childProcess.ts";
import { endProcess, identify, type ProcessIdentity, runningProcess } from "../../../common/process/processIdentity.ts";
import type { SourceAccess } from "../../mysql/access.ts";
import { clientOptions } from "../../mysql/connection.ts";
import { openConnection } from "../../mysql/open.ts";
import { quoteText } from "../../mysql/quote.ts";
import { ChildFailure, runChild } from "../setup/child.ts";
import { setupError } from "../setup/diagnosis.ts";
import type { MariaDb } from "../setup/mariadb.ts";
import type { LocalPaths } from "../shared/paths.ts";

/** The files of the private MariaDB. */
export function serverFiles(paths: LocalPaths) {
	const folder = paths.source;
	return {
		config: join(folder, "my.cnf"),
		data: join(folder, "data"),
		/** A data folder in the making: it is whole only under its final name. */
		unfinishedData: join(folder, "data.unfinished"),
		pid: join(folder, "mariadb.pid"),
		log: join(folder, "mariadb.log"),
		/** Sets the account at every start; removed when the server is up, since it holds the password. */
		init: join(folder, "init.sql"),
		lock: join(folder, "up.lock"),
	};
}

/** Bytes at which the server's log starts over; one older log is kept. */
const logLimit = 5 * 2 ** 20;

/** Seconds for a start; recovery after a crash under load is part of it. */
const startSeconds = 120;

/** The private server, where it runs, also where its folder was moved meanwhile; a stale pid file is not a server. */
export async function serverProcess(paths: LocalPaths): Promise<ProcessIdentity | undefined> {
	const files = serverFiles(paths);
	const found = await runningProcess(files.pid, files.config);
	if (found !== undefined) return found;
	const other = await runningProcess(files.pid, "--defaults-file=");
	return other !== undefined && (await worksIn(other.pid, files.data)) ? other : undefined;
}

/** Whether a process has this folder as its own, as a server has that of its data; says no where the system does not tell. */
async function worksIn(pid: number, folder: string): Promise<boolean> {
	try {
		return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(folder));
	} catch {
		return false;
	}
}

/**
 * Creates the data folder where there is none. An initialisation that was interrupted before is redone.
 * @returns whether it was created.
 */
export async function initialise(
	mariaDb: MariaDb,
	paths: LocalPaths,
	signal: AbortSignal,
	onBegin: () => void,
): Promise<boolean> {
	const files = serverFiles(paths);
	if (await exists(files.data)) return false;
	onBegin();
	await rm(files.unfinishedData, { recursive: true, force: true });
	const args = [
		"--no-defaults",
		// It is a shell script that can't bear blanks in a path, so it gets a short one.
		`--datadir=./${basename(files.unfinishedData)}`,
		"--innodb-log-file-size=32M",
		...asRoot(),
		// Its root account is the operating system's user, over the socket: no password to lose.
		"--auth-root-authentication-method=socket",
		"--skip-test-db",
	];
	try {
		await mkdir(files.unfinishedData, { mode: 0o700 });
		const log = join(paths.home, "logs", "source-init.log");
		await runChild(mariaDb.installDb, args, { log, signal, cwd: paths.source });
	} catch (error) {
		if (signal.aborted) throw error;
		throw setupError("The private MariaDB could not be initialised.", error, "pipeline-cli source up");
	}
	await rename(files.unfinishedData, files.data);
	return true;
}

/**
 * Starts the server and waits until it answers. It continues when this process ends.
 * @throws PipelineError with the last lines of its log, or naming the port that another program holds.
 */
export async function startServer(
	mariaDb: MariaDb,
	access: SourceAccess,
	paths: LocalPaths,
	signal: AbortSignal,
): Promise<void> {
	const files = serverFiles(paths);
	if (!(await isPortFree(access.port))) throw portTaken(access.port);
	await rotateLog(files.log);
	await writeFileAtomic(files.init, accountSql(access), 0o600);
	try {
		let ending = await runUntilAnswer(mariaDb, access, paths, signal);
		if (ending !== undefined && isKilledInShutdown(ending.log)) {
			await commitPrepared(mariaDb, paths, signal);
			ending = await runUntilAnswer(mariaDb, access, paths, signal);
		}
		if (ending !== undefined) throw startError(access.port, ending.why, ending.log, files.log);
		// Notes its start in the pid file, which the server itself wrote.
		await serverProcess(paths);
	} finally {
		await rm(files.init, { force: true });
	}
}

/** Why a server did not start, and what it wrote to its log meanwhile. */
interface Ending {
	why: string;
	log: string;
}

/** @returns undefined when the server answers. */
async function runUntilAnswer(
	mariaDb: MariaDb,
	access: SourceAccess,
	paths: LocalPaths,
	signal: AbortSignal,
): Promise<Ending | undefined> {
	const files = serverFiles(paths);
	await rm(files.pid, { force: true });
	const log = await open(files.log, "a", 0o600);
	const logStart = (await log.stat()).size;
	const child = spawn(mariaDb.server, [`--defaults-file=${files.config}`, `--init-file=${files.init}`, ...asRoot()], {
		stdio: ["ignore", log.fd, log.fd],
		detached: true,
		cwd: paths.source,
	});
	await log.close();
	let failure: string | undefined;
	child.once("error", (error) => {
		failure = error.message;
	});
	child.once("exit", (code, killedBy) => {
		failure = `mariadbd ended with ${code ?? killedBy}.`;
	});
	child.unref();
	try {
		await poll({ firstMs: 50, timeoutMs: startSeconds * 1000, signal }, async () => {
			if (await answers(access)) return true;
			if (failure !== undefined) throw new Error(failure);
			return undefined;
		});
		return undefined;
	} catch (error) {
		const runs = child.exitCode === null && child.signalCode === null;
		if (child.pid !== undefined && runs) await endProcess(identify(child.pid));
		signal.throwIfAborted();
		const why = error instanceof PollTimeout ? `It did not respond within ${startSeconds} seconds.` : messageOf(error);
		return { why, log: await readFrom(files.log, logStart) };
	}
}

/**
 * A server that is killed while it shuts down, as at a reboot, has closed its binary log and may not have written the commit
 * of the last transaction to InnoDB's. The binary log then looks as if it held nothing to recover from, and the server asks
 * what to do: https://mariadb.com/kb/en/heuristic-recovery-with-the-transaction-coordinator-log/
 */
function isKilledInShutdown(log: string): boolean {
	return /Found \d+ prepared transactions?!.*--tc-heuristic-recover/.test(log);
}

/**
 * Has the server commit what is prepared: the binary log is closed after the last session has ended, so each of these
 * transactions is in it, and replicated. The server does this alone, and ends with 1.
 */
async function commitPrepared(mariaDb: MariaDb, paths: LocalPaths, signal: AbortSignal): Promise<void> {
	const args = [`--defaults-file=${serverFiles(paths).config}`, "--tc-heuristic-recover=COMMIT", ...asRoot()];
	const log = join(paths.home, "logs", "source-recovery.log");
	try {
		await runChild(mariaDb.server, args, { log, signal, cwd: paths.source });
	} catch (error) {
		if (!(error instanceof ChildFailure)) throw error;
	}
}

/** Stops the server and waits for its end. InnoDB writes its pages first, so the time is generous. */
export async function stopServer(paths: LocalPaths): Promise<"stopped" | "not running"> {
	const server = await serverProcess(paths);
	const files = serverFiles(paths);
	if (server !== undefined) await endProcess(server, "", 60_000);
	await rm(files.pid, { force: true });
	return server === undefined ? "not running" : "stopped";
}

/** A free port of the loopback, below the range from which systems give ports to outgoing connections. */
export async function chooseFreePort(): Promise<number> {
	for (let attempt = 0; attempt < 100; attempt += 1) {
		const port = 20_000 + Math.floor(Math.random() * 12_000);
		if (await isPortFree(port)) return port;
	}
	throw new PipelineError("failure", {
		what: "No port between 20000 and 32000 is free.",
		fix: "Choose a port with --port.",
		next: "pipeline-cli source up --port <port>",
	});
}

/** @throws PipelineError where the port is not for this user to take. */
export function isPortFree(port: number): Promise<boolean> {
	return new Promise((resolve, reject) => {
		const probe = createServer();
		probe.once("error", (error: NodeJS.ErrnoException) => {
			if (error.code === "EADDRINUSE") resolve(false);
			else
				reject(
					new PipelineError("usage", {
						what: `Port ${port} cannot be used.`,
						why: error.message,
						fix: "Choose a port above 1023.",
					}),
				);
		});
		probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
	});
}

export function portTaken(port: number): PipelineError {
	return new PipelineError("failure", {
		what: `The private source cannot use port ${port}: another program uses it.`,
		fix: `End that program (find it with: lsof -nP -iTCP:${port} -sTCP:LISTEN), or choose another port.`,
		next: "pipeline-cli source up --port <port>",
	});
}

function startError(port: number, failure: string, log: string, path: string): unknown {
	if (/Address already in use/i.test(log)) return portTaken(port);
	const lines = log.split("\n").filter((line) => /\[ERROR\]|\[Warning\]|Errcode/.test(line));
	const full = /No space left|Errcode: 28|errno: 28/i.test(log);
	return new PipelineError("failure", {
		what: "The private MariaDB did not start.",
		why: [full ? "The disk is full." : failure, ...lines.slice(-6).map((line) => `  ${line}`)].join("\n"),
		fix: full ? "Free some space." : `Full log: ${path}`,
		next: "pipeline-cli source up",
	});
}

/** One statement a line. The account is set at every start, so that a lost password file repairs itself. */
function accountSql(access: SourceAccess): string {
	const account = `${quoteText(access.user)}@'127.0.0.1'`;
	return [
		"SET SESSION sql_log_bin = 0;",
		`CREATE USER IF NOT EXISTS ${account};`,
		`ALTER USER ${account} IDENTIFIED BY ${quoteText(access.password)};`,
		`GRANT ALL PRIVILEGES ON *.* TO ${account} WITH GRANT OPTION;`,
		"",
	].join("\n");
}

/** MariaDB refuses to run as root unless it is named as the user. */
function asRoot(): string[] {
	return process.getuid?.() === 0 ? ["--user=root"] : [];
}

async function answers(access: SourceAccess): Promise<boolean> {
	try {
		const client = await openConnection(access, { ...clientOptions, connectTimeout: 2000 });
		await client.end();
		return true;
	} catch {
		return false;
	}
}

async function rotateLog(path: string): Promise<void> {
	if ((await exists(path)) && (await stat(path)).size > logLimit) await rename(path, `${path}.1`);
}

async function readFrom(path: string, offset: number): Promise<string> {
	return (await readFile(path)).subarray(offset).toString("utf8");
}
