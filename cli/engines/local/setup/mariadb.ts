import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { PipelineError } from "../../../errors.ts";
import type { Context } from "../../port.ts";
import { runChild } from "./child.ts";
import { setupError } from "./diagnosis.ts";

const run = promisify(execFile);

/** The programs of a MariaDB server on this machine. */
export interface MariaDb {
	server: string;
	installDb: string;
	/** For instance `10.11.19`. */
	version: string;
}

/** `binlog_row_metadata` came with this version (https://mariadb.com/kb/en/replication-and-binary-log-system-variables/). */
const oldest = [10, 5] as const;

/** Where servers are besides PATH: Debian, Fedora, Homebrew on both architectures and on Linux. */
const otherFolders = [
	"/usr/sbin",
	"/usr/local/sbin",
	"/usr/libexec",
	"/usr/local/libexec",
	"/opt/homebrew/opt/mariadb/bin",
	"/usr/local/opt/mariadb/bin",
	"/home/linuxbrew/.linuxbrew/opt/mariadb/bin",
];

/** @returns undefined where no MariaDB with all that is needed is installed, or only one that is too old. */
export async function findMariaDb(
	path = process.env.PATH ?? "",
	others: readonly string[] = otherFolders,
): Promise<MariaDb | undefined> {
	const folders = [...path.split(delimiter).filter((folder) => folder !== ""), ...others];
	const installDb = await firstExecutable(folders, ["mariadb-install-db", "mysql_install_db"]);
	if (installDb === undefined) return undefined;
	// mariadb-install-db calls it, and distributions pack it with the client.
	const defaults = await firstExecutable([dirname(installDb), ...folders], ["my_print_defaults"]);
	if (defaults === undefined) return undefined;
	for (const name of ["mariadbd", "mysqld"]) {
		const server = await firstExecutable(folders, [name]);
		const version = server === undefined ? undefined : await mariaDbVersion(server);
		if (server !== undefined && version !== undefined && isNewEnough(version)) return { server, installDb, version };
	}
	return undefined;
}

/**
 * Finds MariaDB, or installs it with apt where that is possible without asking for a password.
 * @param logs folder for the installation's log.
 * @throws PipelineError with the exact command for the platform.
 */
export async function ensureMariaDb(context: Context, logs: string): Promise<MariaDb> {
	const found = await findMariaDb();
	if (found !== undefined) return found;
	const apt = await firstExecutable(["/usr/bin", "/bin"], ["apt-get"]);
	if (apt === undefined || process.getuid?.() !== 0) throw await missing();
	await context.reporter.task("Install MariaDB with apt", (update) => install(apt, context.signal, logs, update));
	const installed = await findMariaDb();
	if (installed !== undefined) return installed;
	throw await missing("What apt installed is not MariaDB 10.5 or newer.");
}

/** The server's own programs without a service that starts by itself. Older releases have the version in the name. */
const corePackage = /^mariadb-(server|client)-core(-\d+\.\d+)?$/;

async function install(
	apt: string,
	signal: AbortSignal,
	logs: string,
	update: (detail: string) => void,
): Promise<void> {
	const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };
	const options = { log: join(logs, "setup-mariadb.log"), signal, env, stop: "gently" as const, onLine: update };
	try {
		await runChild(apt, ["update"], options);
		const packages = await corePackages();
		// An installation that was killed before leaves packages unpacked only.
		await runChild("dpkg", ["--configure", "-a"], options);
		await runChild(
			apt,
			["install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", ...packages],
			options,
		);
		update("");
	} catch (error) {
		throw setupError("MariaDB could not be installed.", error);
	}
}

async function corePackages(): Promise<string[]> {
	const { stdout } = await run("apt-cache", ["search", "--names-only", "^mariadb-(server|client)-core"]);
	const names = stdout
		.split("\n")
		.map((line) => line.split(" ")[0] ?? "")
		.filter((name) => corePackage.test(name))
		.sort();
	const plain = names.filter((name) => !/\d$/.test(name));
	const chosen = plain.length > 0 ? plain : names.slice(-2);
	return chosen.length > 0 ? chosen : ["mariadb-server-core", "mariadb-client-core"];
}

async function missing(
	why = "Neither mariadbd 10.5 or newer with mariadb-install-db is on this machine.",
): Promise<PipelineError> {
	return new PipelineError("failure", {
		what: "The private source needs a MariaDB server.",
		why,
		fix: `Install it: ${await installCommand()}\nOr use a server of your own: pipeline-cli source up --source-url mysql://user@host:port`,
		next: "pipeline-cli setup",
	});
}

/** The command that installs MariaDB here. */
export async function installCommand(
	platform: NodeJS.Platform = process.platform,
	path = process.env.PATH ?? "",
): Promise<string> {
	if (platform === "darwin") return "brew install mariadb";
	const folders = path.split(delimiter);
	const managers: readonly [program: string, command: string][] = [
		["apt-get", "sudo apt-get install -y --no-install-recommends mariadb-server-core mariadb-client-core"],
		["dnf", "sudo dnf install -y mariadb-server"],
		["pacman", "sudo pacman -S --needed mariadb"],
		["brew", "brew install mariadb"],
	];
	for (const [program, command] of managers) {
		if ((await firstExecutable(folders, [program])) !== undefined) return command;
	}
	return "see https://mariadb.org/download/";
}

async function mariaDbVersion(server: string): Promise<string | undefined> {
	try {
		const { stdout } = await run(server, ["--no-defaults", "--version"]);
		return /\bVer (\d+\.\d+\.\d+)-MariaDB/.exec(stdout)?.[1];
	} catch {
		return undefined;
	}
}

function isNewEnough(version: string): boolean {
	const [major = 0, minor = 0] = version.split(".").map(Number);
	return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

async function firstExecutable(folders: readonly string[], names: readonly string[]): Promise<string | undefined> {
	for (const name of names) {
		for (const folder of folders) {
			const path = join(folder, name);
			if (await isExecutable(path)) return path;
		}
	}
	return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
	try {
		await access(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
