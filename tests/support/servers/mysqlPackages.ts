import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { errorCode, messageOf } from "../../../cli/common/errors.ts";
import { projectRoot } from "../../../cli/common/projectRoot.ts";

const run = promisify(execFile);

/** A MySQL that is unpacked and not installed: its own loader starts it with its own libraries, whatever the machine has. */
export interface MySqlPrograms {
	/** What to run, and the arguments before mysqld's own. */
	command: string;
	args: readonly string[];
}

/** Where a MySQL is kept for later runs. */
const kept = join(projectRoot, ".pipeline", "test-servers", "mysql");
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
/** Debian's stable releases have MariaDB in place of MySQL. */
const sources = `deb [signed-by=${keyring}] http://deb.debian.org/debian sid main\n`;
const fetchMs = 540_000;

/** Why no MySQL can be had on this machine. */
export class NoMySql extends Error {}

/**
 * Finds MySQL where an earlier run left it, or fetches it. Runs at the same time wait for each other.
 * @throws NoMySql where none can be had.
 */
export async function findMySql(folder = kept): Promise<MySqlPrograms> {
	const found = await programsIn(folder);
	if (found !== undefined) return found;
	await requireFetchable();
	await mkdir(join(folder, ".."), { recursive: true });
	return underLock(`${folder}.lock`, async () => {
		const fetched = await programsIn(folder);
		if (fetched !== undefined) return fetched;
		await fetchInto(folder);
		const programs = await programsIn(folder);
		if (programs === undefined) throw new NoMySql("Debian's package of MySQL has no server, or no loader for it");
		return programs;
	});
}

async function programsIn(folder: string): Promise<MySqlPrograms | undefined> {
	const lib = join(folder, "usr", "lib");
	const server = join(folder, "usr", "sbin", "mysqld");
	if (!(await exists(server))) return undefined;
	for (const name of await readdir(lib)) {
		const libraries = join(lib, name);
		const inside = await readdir(libraries).catch(() => []);
		const loader = inside.find((file) => /^ld-linux.*\.so\.\d+$/.test(file));
		if (loader === undefined) continue;
		const share = join(folder, "usr", "share", "mysql");
		return {
			command: join(libraries, loader),
			args: [
				...["--library-path", `${libraries}:${join(lib, "mysql", "private")}`, server, "--no-defaults"],
				...[`--lc-messages-dir=${share}`, `--character-sets-dir=${join(share, "charsets")}`],
			],
		};
	}
	return undefined;
}

async function requireFetchable(): Promise<void> {
	if (process.platform !== "linux") throw new NoMySql("it is fetched as a package of Debian, which runs on Linux only");
	for (const [program, args] of [
		["apt-get", ["--version"]],
		["dpkg-deb", ["--version"]],
		["flock", ["--version"]],
	] as const) {
		await run(program, args).catch((error: unknown) => {
			throw new NoMySql(`it is fetched as a package of Debian, and there is no ${program} here`, { cause: error });
		});
	}
	if (!(await exists(keyring))) throw new NoMySql(`there is no ${keyring} to check Debian's packages with`);
}

/** Fetches the packages beside the folder, which appears only when it is whole: half a download is begun again. */
async function fetchInto(folder: string): Promise<void> {
	const partial = `${folder}.partial`;
	const apt = join(partial, "apt");
	await rm(folder, { recursive: true, force: true });
	await rm(partial, { recursive: true, force: true });
	await mkdir(join(apt, "lists", "partial"), { recursive: true });
	await mkdir(join(apt, "archives", "partial"), { recursive: true });
	// As if nothing were installed, so that all the server needs comes along; the system's own state is not touched.
	await writeFile(join(apt, "status"), "");
	await writeFile(join(apt, "sources.list"), sources);
	await writeFile(join(apt, "apt.conf"), configuration(apt));
	try {
		await aptGet(apt, "update", "--error-on=any");
		await aptGet(apt, "install", "--download-only", "--yes", "--no-install-recommends", "mysql-server-core");
		const packages = (await readdir(join(apt, "archives"))).filter((name) => name.endsWith(".deb"));
		for (const name of packages) await run("dpkg-deb", ["-x", join(apt, "archives", name), join(partial, "root")]);
		await rename(join(partial, "root"), folder);
	} finally {
		await rm(partial, { recursive: true, force: true });
	}
}

function configuration(apt: string): string {
	const hooks = ["APT::Update::Post-Invoke", "APT::Update::Post-Invoke-Success", "DPkg::Post-Invoke"];
	const options = {
		"Dir::Etc::SourceList": join(apt, "sources.list"),
		"Dir::Etc::SourceParts": "/dev/null",
		"Dir::State": apt,
		"Dir::State::Lists": join(apt, "lists"),
		"Dir::State::Status": join(apt, "status"),
		"Dir::Cache": apt,
		"Dir::Cache::Archives": join(apt, "archives"),
		"Acquire::Languages": "none",
		"Acquire::Retries": "3",
		"APT::Sandbox::User": "",
	};
	return [
		...hooks.map((name) => `#clear ${name};`),
		...Object.entries(options).map(([name, value]) => `${name} "${value}";`),
		"",
	].join("\n");
}

async function aptGet(apt: string, ...args: string[]): Promise<void> {
	try {
		await run("apt-get", ["-c", join(apt, "apt.conf"), "-q", ...args], {
			timeout: fetchMs,
			env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
		});
	} catch (error) {
		const { stderr } = error as { stderr?: string };
		const why = stderr?.split("\n").find((line) => line.startsWith("E: "));
		throw new NoMySql(`apt-get ${args[0]} failed: ${why ?? messageOf(error)}`, { cause: error });
	}
}

/** The lock is the kernel's and ends with its holder, which ends with us, also where we are killed. */
export async function underLock<T>(file: string, work: () => Promise<T>): Promise<T> {
	const holder = spawn("flock", [file, "sh", "-c", "echo held; cat"], { stdio: ["pipe", "pipe", "ignore"] });
	const ended = once(holder, "exit");
	const failed = ended.then(([code]): never => {
		throw new NoMySql(`flock ended with ${code}`);
	});
	failed.catch(() => undefined);
	await Promise.race([once(holder.stdout, "data"), failed]);
	try {
		return await work();
	} finally {
		holder.stdin.end();
		await ended;
	}
}

export async function exists(path: string): Promise<boolean> {
	try {
		await access(path);
		return true;
	} catch (error) {
		if (errorCode(error) !== "ENOENT") throw error;
		return false;
	}
}
