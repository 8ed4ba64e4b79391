import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { PipelineError } from "../../../common/errors.ts";
import { outputOf } from "../../../common/process/childProcess.ts";
import type { Context } from "../../port.ts";
import { aptInstall, canInstall } from "./apt.ts";

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
	if (!(await canInstall())) throw await missing();
	await aptInstall(context, "MariaDB", corePackages, logs);
	const installed = await findMariaDb();
	if (installed !== undefined) return installed;
	throw await missing("apt installed a version older than MariaDB 10.5.");
}

async function corePackages(): Promise<string[]> {
	const { stdout } = await outputOf("apt-cache", ["search", "--names-only", "^mariadb-(server|client)-core"]);
	return chooseCorePackages(stdout.split("\n").map((line) => line.split(" ")[0] ?? ""));
}

/**
 * The programs of server and client without the service, which would start by itself and take MySQL's port.
 * @param names of packages; in older releases they have the version in them, and the newest is taken.
 */
export function chooseCorePackages(names: readonly string[]): string[] {
	return ["mariadb-server-core", "mariadb-client-core"].map((plain) => {
		const versions = names
			.filter((name) => name.startsWith(`${plain}-`) && /^\d+\.\d+$/.test(name.slice(plain.length + 1)))
			.sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
		return names.includes(plain) ? plain : (versions.at(-1) ?? plain);
	});
}

async function missing(
	why = "mariadbd 10.5 or newer, with mariadb-install-db, was not found on this machine.",
): Promise<PipelineError> {
	return new PipelineError("failure", {
		what: "The private source needs a MariaDB server.",
		why,
		fix: `Install it: ${await installCommand()}\nOr use your own server: pipeline-cli source up --source-url mysql://user@host:port`,
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
		const { stdout } = await outputOf(server, ["--no-defaults", "--version"]);
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
