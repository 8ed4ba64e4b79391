import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Connection } from "mysql2/promise";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type LocalPaths, localPaths } from "../cli/engines/local/paths.ts";
import { endProcess, isAlive } from "../cli/engines/local/processes.ts";
import { passwordFile, readSettings, sourceAccess } from "../cli/engines/local/settings.ts";
import { openClient } from "../cli/engines/local/source/connection.ts";
import { useExternalSource } from "../cli/engines/local/source/external.ts";
import { LocalSource } from "../cli/engines/local/source/localSource.ts";
import { serverFiles, serverPid } from "../cli/engines/local/source/privateServer.ts";
import { seedSource } from "../cli/engines/local/source/seed/seed.ts";
import { parseSourceUrl } from "../cli/engines/local/source/sourceUrl.ts";
import { startPrivateSource, stopSource } from "../cli/engines/local/source/up.ts";
import { PipelineError } from "../cli/errors.ts";
import { testContext } from "./support/context.ts";

const run = promisify(execFile);

async function newHome(): Promise<LocalPaths> {
	return localPaths(join(await mkdtemp(join(tmpdir(), "pipeline-source-")), ".pipeline"));
}

async function removeHome(paths: LocalPaths): Promise<void> {
	await stopSource(testContext(), paths).catch(() => undefined);
	const pid = await serverPid(paths);
	if (pid !== undefined) await endProcess(pid, 0);
	await rm(join(paths.home, ".."), { recursive: true, force: true });
}

async function refusal(work: Promise<unknown>): Promise<PipelineError> {
	try {
		await work;
	} catch (error) {
		if (error instanceof PipelineError) return error;
		throw error;
	}
	throw new Error("nothing was refused");
}

async function client(paths: LocalPaths): Promise<Connection> {
	return openClient(await sourceAccess(paths));
}

describe("the private MariaDB", () => {
	let paths: LocalPaths;

	beforeAll(async () => {
		paths = await newHome();
		await startPrivateSource(testContext(), {}, paths);
	});

	afterAll(() => removeHome(paths));

	beforeEach(async () => {
		await startPrivateSource(testContext(), {}, paths);
	});

	it("is found running when it is started again", async () => {
		const pid = await serverPid(paths);
		expect(await startPrivateSource(testContext(), {}, paths)).toMatchObject({ action: "already running" });
		expect(await serverPid(paths)).toBe(pid);
	});

	it("holds every setting that change data capture needs", async () => {
		const checks = await new LocalSource(paths).checks();
		const settings = checks.filter(({ name }) => /^(log_bin|binlog|server_id|grant)/.test(name));
		expect(settings.map(({ name, ok }) => [name, ok])).toEqual(settings.map(({ name }) => [name, true]));
		expect(settings.length).toBeGreaterThanOrEqual(8);
	});

	it("listens on the loopback only, and has no account without a password, no anonymous one and no test schema", async () => {
		const connection = await client(paths);
		try {
			const [[address]] = (await connection.query("SELECT @@bind_address AS address")) as unknown as [
				{ address: string }[],
			];
			expect(address?.address).toBe("127.0.0.1");
			const [users] = (await connection.query("SELECT User, Host FROM mysql.user")) as unknown as [
				{ User: string; Host: string }[],
			];
			expect(users.map(({ User, Host }) => `${User}@${Host}`).sort()).toEqual([
				"mariadb.sys@localhost",
				"pipeline@127.0.0.1",
				"root@localhost",
			]);
			const [schemas] = (await connection.query("SHOW DATABASES LIKE 'test'")) as unknown as [unknown[]];
			expect(schemas).toEqual([]);
		} finally {
			await connection.end();
		}
		const access = await sourceAccess(paths);
		for (const user of ["", "root", "pipeline"]) {
			await expect(openClient({ ...access, user, password: "" })).rejects.toBeInstanceOf(PipelineError);
		}
	});

	it("keeps its password to its owner, out of arguments and logs", async () => {
		const { password } = await sourceAccess(paths);
		expect(password.length).toBeGreaterThanOrEqual(24);
		expect((await stat(passwordFile(paths))).mode & 0o777).toBe(0o600);
		expect((await stat(paths.source)).mode & 0o777).toBe(0o700);
		expect((await run("ps", ["-eww", "-o", "args="])).stdout).not.toContain(password);
		const holders: string[] = [];
		for (const entry of await readdir(paths.home, { recursive: true, withFileTypes: true })) {
			const path = join(entry.parentPath, entry.name);
			if (entry.isFile() && (await readFile(path)).includes(password)) holders.push(path);
		}
		expect(holders).toEqual([passwordFile(paths)]);
	});

	it("stops, keeps its data and its port, and starts again", async () => {
		const before = (await readSettings(paths))?.source.port;
		const connection = await client(paths);
		await connection.query("CREATE DATABASE kept");
		await connection.end();
		const pid = await serverPid(paths);
		expect(await stopSource(testContext(), paths)).toBe("stopped");
		expect(pid !== undefined && isAlive(pid)).toBe(false);
		expect(await new LocalSource(paths).status()).toMatchObject({ state: "stopped", address: `127.0.0.1:${before}` });
		expect(await stopSource(testContext(), paths)).toBe("not running");
		expect(await startPrivateSource(testContext(), {}, paths)).toMatchObject({
			action: "started",
			address: `127.0.0.1:${before}`,
		});
		const again = await client(paths);
		const [kept] = (await again.query("SHOW DATABASES LIKE 'kept'")) as unknown as [unknown[]];
		await again.end();
		expect(kept).toHaveLength(1);
	});

	it("comes back after it was killed, with what was committed", async () => {
		const connection = await client(paths);
		await connection.query("CREATE DATABASE killed");
		await connection.query("CREATE TABLE killed.t (a INT PRIMARY KEY)");
		await connection.query("INSERT INTO killed.t VALUES (1), (2)");
		connection.on("error", () => undefined);
		const pid = await serverPid(paths);
		if (pid === undefined) throw new Error("the server does not run");
		await endProcess(pid, 0);
		connection.destroy();
		expect(await startPrivateSource(testContext(), {}, paths)).toMatchObject({ action: "started" });
		const again = await client(paths);
		const [rows] = (await again.query("SELECT a FROM killed.t ORDER BY a")) as unknown as [unknown[]];
		await again.end();
		expect(rows).toEqual([{ a: 1 }, { a: 2 }]);
	});

	it("does not take another program for itself where a pid file is stale", async () => {
		await stopSource(testContext(), paths);
		const stranger = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
		try {
			await writeFile(serverFiles(paths).pid, `${stranger.pid}\n`);
			expect(await stopSource(testContext(), paths)).toBe("not running");
			expect(isAlive(stranger.pid ?? 0)).toBe(true);
			expect(await startPrivateSource(testContext(), {}, paths)).toMatchObject({ action: "started" });
			expect(await serverPid(paths)).not.toBe(stranger.pid);
		} finally {
			stranger.kill("SIGKILL");
		}
	});

	it.each(["stopped", "running"])("mends a password file that was lost while it was %s", async (state) => {
		if (state === "stopped") await stopSource(testContext(), paths);
		await rm(passwordFile(paths));
		await startPrivateSource(testContext(), {}, paths);
		expect((await new LocalSource(paths).status()).state).toBe("running");
	});

	it("names the port that another program holds, loses nothing, and takes another one", async () => {
		await stopSource(testContext(), paths);
		const port = (await readSettings(paths))?.source.port ?? 0;
		const holder = await listen(port);
		try {
			const error = await refusal(startPrivateSource(testContext(), {}, paths));
			expect(error.text.what).toContain(`port ${port}`);
			expect(error.text.fix).toContain("another port");
			const other = await freePort();
			expect(await startPrivateSource(testContext(), { port: other }, paths)).toMatchObject({
				address: `127.0.0.1:${other}`,
			});
			expect((await readSettings(paths))?.source.port).toBe(other);
			const second = await refusal(startPrivateSource(testContext(), { port }, paths));
			expect(second.outcome).toBe("usage");
			expect(second.text.next).toContain("source down");
		} finally {
			holder.close();
		}
	});

	it("is started once by two at the same time", async () => {
		await stopSource(testContext(), paths);
		const results = await Promise.all([
			startPrivateSource(testContext(), {}, paths),
			startPrivateSource(testContext(), {}, paths),
		]);
		expect(results.map(({ action }) => action).sort()).toEqual(["already running", "started"]);
	});
});

describe("initialisation", () => {
	let paths: LocalPaths;

	beforeEach(async () => {
		paths = await newHome();
	});

	afterEach(() => removeHome(paths));

	it("is redone where it was interrupted", async () => {
		const unfinished = serverFiles(paths).unfinishedData;
		await mkdir(join(unfinished, "mysql"), { recursive: true });
		await writeFile(join(unfinished, "ibdata1"), "half of it");
		expect(await startPrivateSource(testContext(), {}, paths)).toMatchObject({ action: "initialised" });
		expect(await readdir(paths.source)).not.toContain("data.unfinished");
		expect((await new LocalSource(paths).status()).state).toBe("running");
	});

	it("can be stopped at any time, and the next run works", async () => {
		const abort = new AbortController();
		const reason = new PipelineError("cancelled", { what: "Ctrl-C." });
		const context = testContext(abort.signal);
		const { task } = context.reporter;
		context.reporter.task = (title, work) =>
			task(title, (update) =>
				work((detail) => {
					update(detail);
					if (detail === "initialising") setImmediate(() => abort.abort(reason));
				}),
			);
		await expect(startPrivateSource(context, {}, paths)).rejects.toBe(reason);
		expect(await serverPid(paths)).toBeUndefined();
		expect(await startPrivateSource(testContext(), {}, paths)).toMatchObject({ action: "initialised" });
	});

	it("works in a folder with a long name and blanks", async () => {
		const home = join(paths.home, "..", "a folder with blanks ".repeat(6).trim(), ".pipeline");
		const long = localPaths(home);
		try {
			await startPrivateSource(testContext(), {}, long);
			expect((await new LocalSource(long).status()).state).toBe("running");
		} finally {
			await stopSource(testContext(), long);
		}
	});

	it("says where no stack is", async () => {
		expect((await refusal(new LocalSource(paths).status())).outcome).toBe("noSuchStack");
	});
});

describe("the sample schemas", () => {
	let paths: LocalPaths;

	beforeAll(async () => {
		paths = await newHome();
		await startPrivateSource(testContext(), {}, paths);
		await seedSource(testContext(), { seed: 1, scale: 1 }, paths);
	});

	afterAll(() => removeHome(paths));

	async function checksums(): Promise<Record<string, unknown>> {
		const connection = await client(paths);
		try {
			const [tables] = (await connection.query(
				"SELECT CONCAT('`', TABLE_SCHEMA, '`.`', TABLE_NAME, '`') AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA IN ('wordpress-db', 'classicmodels')",
			)) as unknown as [{ name: string }[]];
			const [sums] = (await connection.query(
				`CHECKSUM TABLE ${tables.map(({ name }) => name).join(", ")}`,
			)) as unknown as [{ Table: string; Checksum: unknown }[]];
			return Object.fromEntries(sums.map(({ Table, Checksum }) => [Table, Checksum]));
		} finally {
			await connection.end();
		}
	}

	it("hold all tables, and wp_terms as the guide has it", async () => {
		const status = await new LocalSource(paths).status();
		expect(status.schemas?.map(({ schema, tables }) => [schema, tables])).toEqual([
			["wordpress-db", 15],
			["classicmodels", 8],
		]);
		const connection = await client(paths);
		const [rows] = (await connection.query(
			"SELECT COUNT(*) AS count, MAX(term_id) AS last FROM `wordpress-db`.wp_terms",
		)) as unknown as [unknown[]];
		// The guide's own statement must fit.
		await connection.beginTransaction();
		await connection.query("INSERT INTO `wordpress-db`.wp_terms VALUES ('16', 'random-1', 'random-1', '1')");
		await connection.rollback();
		await connection.end();
		expect(rows).toEqual([{ count: 15, last: 15 }]);
	});

	it("keep texts and zero dates byte for byte", async () => {
		const connection = await client(paths);
		const [drafts] = (await connection.query(
			"SELECT COUNT(*) AS count FROM `wordpress-db`.wp_posts WHERE post_date_gmt = '0000-00-00 00:00:00'",
		)) as unknown as [{ count: number }[]];
		const [moons] = (await connection.query(
			"SELECT COUNT(*) AS count FROM `wordpress-db`.wp_options WHERE HEX(option_value) LIKE '%F09F8C99%'",
		)) as unknown as [{ count: number }[]];
		await connection.end();
		expect(drafts[0]?.count).toBeGreaterThan(0);
		expect(moons[0]?.count).toBe(1);
	});

	it("refuse to be overwritten, and are the same bytes again after a reset with the same seed", async () => {
		const before = await checksums();
		expect(Object.keys(before)).toHaveLength(23);
		const error = await refusal(seedSource(testContext(), { seed: 1, scale: 1 }, paths));
		expect(error.outcome).toBe("usage");
		expect(error.text.next).toContain("--reset");
		await seedSource(testContext(), { seed: 2, scale: 1, reset: true }, paths);
		expect(await checksums()).not.toEqual(before);
		await seedSource(testContext(), { seed: 1, scale: 1, reset: true }, paths);
		expect(await checksums()).toEqual(before);
	});

	it("are filled anew where filling was interrupted", async () => {
		const before = await checksums();
		const abort = new AbortController();
		const reason = new PipelineError("cancelled", { what: "Ctrl-C." });
		const context = testContext(abort.signal);
		const { task } = context.reporter;
		context.reporter.task = (title, work) =>
			task(title, (update) =>
				work((detail) => {
					update(detail);
					if (title.includes("classicmodels")) abort.abort(reason);
				}),
			);
		await expect(seedSource(context, { seed: 1, scale: 2, reset: true }, paths)).rejects.toBe(reason);
		await seedSource(testContext(), { seed: 1, scale: 1 }, paths);
		expect(await checksums()).toEqual(before);
	});

	it("go through the binary log, so that a replication sees them", async () => {
		const connection = await client(paths);
		const size = async (): Promise<number> => {
			const [logs] = (await connection.query("SHOW BINARY LOGS")) as unknown as [{ File_size: number }[]];
			return logs.reduce((sum, log) => sum + Number(log.File_size), 0);
		};
		const before = await size();
		await seedSource(testContext(), { seed: 1, scale: 1, reset: true }, paths);
		const written = (await size()) - before;
		await connection.end();
		expect(written).toBeGreaterThan(500_000);
	});
});

describe("a server of the user's own", () => {
	let own: LocalPaths;
	let paths: LocalPaths;
	let admin: Connection;
	let port: number;

	beforeAll(async () => {
		own = await newHome();
		await startPrivateSource(testContext(), {}, own);
		port = (await readSettings(own))?.source.port ?? 0;
		admin = await client(own);
		await admin.query("CREATE DATABASE shop");
		await admin.query("CREATE TABLE shop.keyed (a INT PRIMARY KEY)");
		await admin.query("CREATE TABLE shop.keyless (a INT)");
		await admin.query("CREATE USER 'repl'@'127.0.0.1' IDENTIFIED BY 'p:/@ \"word'");
	});

	afterAll(async () => {
		await admin.end();
		await removeHome(own);
	});

	beforeEach(async () => {
		paths = await newHome();
	});

	afterEach(async () => {
		await rm(join(paths.home, ".."), { recursive: true, force: true });
	});

	function use(schemas: string[], password = 'p:/@ "word', to = paths): ReturnType<typeof useExternalSource> {
		const server = parseSourceUrl(`mysql://repl@127.0.0.1:${port}`, false);
		return useExternalSource(testContext(), { server, schemas, askPassword: async () => password }, to);
	}

	it("is refused with every failed check and its fix, and nothing is kept", async () => {
		await admin.query("SET GLOBAL binlog_row_metadata = 'NO_LOG'");
		await admin.query("SET GLOBAL binlog_row_image = 'MINIMAL'");
		await admin.query("SET GLOBAL binlog_format = 'STATEMENT'");
		try {
			const error = await refusal(use(["shop", "nowhere"]));
			expect(error.outcome).toBe("usage");
			for (const name of [
				"binlog_format: STATEMENT",
				"binlog_row_image: MINIMAL",
				"binlog_row_metadata: NO_LOG",
				"grant REPLICATION SLAVE: not granted",
				"grant BINLOG MONITOR: not granted",
				"SELECT on shop: no such schema",
				"SELECT on nowhere: no such schema",
			]) {
				expect(error.text.why).toContain(name);
			}
			expect(error.text.fix).toContain("SET GLOBAL binlog_row_metadata = 'FULL'");
			expect(error.text.fix).toContain("GRANT REPLICATION SLAVE ON *.* TO 'repl'@'127.0.0.1';");
			expect(error.text.fix).toContain("GRANT SELECT ON `shop`.* TO 'repl'@'127.0.0.1';");
			expect(await readSettings(paths)).toBeUndefined();
		} finally {
			await admin.query("SET GLOBAL binlog_row_metadata = 'FULL'");
			await admin.query("SET GLOBAL binlog_row_image = 'FULL'");
			await admin.query("SET GLOBAL binlog_format = 'ROW'");
		}
	});

	it("is used when its fixes were made; keyless tables are a warning", async () => {
		await admin.query("GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO 'repl'@'127.0.0.1'");
		await admin.query("GRANT SELECT ON shop.* TO 'repl'@'127.0.0.1'");
		const { checks } = await use(["shop"]);
		expect(checks.filter((check) => !check.ok)).toEqual([]);
		expect(checks.find((check) => check.warning !== undefined)?.warning).toContain("keyless");
		expect((await readSettings(paths))?.source).toEqual({
			kind: "external",
			host: "127.0.0.1",
			port,
			user: "repl",
			tls: false,
			schemas: ["shop"],
		});
		expect((await stat(passwordFile(paths))).mode & 0o777).toBe(0o600);
		expect(await readFile(paths.settings, "utf8")).not.toContain("word");
		const source = new LocalSource(paths);
		expect(await source.status()).toMatchObject({
			state: "running",
			schemas: [{ schema: "shop", tables: 2, rows: 0 }],
		});
		expect(await stopSource(testContext(), paths)).toBe("not ours");
		expect((await source.status()).state).toBe("running");
	});

	it("is used with privileges that come by a role", async () => {
		await admin.query("CREATE ROLE reader");
		await admin.query("GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO reader");
		await admin.query("GRANT SELECT ON shop.* TO reader");
		await admin.query("CREATE USER 'member'@'127.0.0.1' IDENTIFIED BY 'x'");
		await admin.query("GRANT reader TO 'member'@'127.0.0.1'");
		await admin.query("SET DEFAULT ROLE reader FOR 'member'@'127.0.0.1'");
		const server = parseSourceUrl(`mysql://member@127.0.0.1:${port}`, false);
		const { checks } = await useExternalSource(
			testContext(),
			{ server, schemas: ["shop"], askPassword: async () => "x" },
			paths,
		);
		expect(checks.filter((check) => !check.ok)).toEqual([]);
	});

	it("is never written to without --yes", async () => {
		await use(["shop"]);
		const error = await refusal(seedSource(testContext(), { seed: 1, scale: 1, reset: true }, paths));
		expect(error.outcome).toBe("usage");
		expect(error.text.next).toContain("--yes");
	});

	it("is refused with a wrong password, which is not shown", async () => {
		const error = await refusal(use(["shop"], "wrong-secret"));
		expect(error.outcome).toBe("credentials");
		expect(JSON.stringify(error.text)).not.toContain("wrong-secret");
		expect(await readSettings(paths)).toBeUndefined();
	});

	it("can't take the place of the private MariaDB while that runs, nor of a source that is replicated", async () => {
		const running = await refusal(use(["shop"], undefined, own));
		expect(running.text.next).toBe("pipeline-cli source down");
		await use(["shop"]);
		await mkdir(paths.replication, { recursive: true });
		const replicated = await refusal(startPrivateSource(testContext(), {}, paths));
		expect(replicated.text.next).toBe("pipeline-cli down --purge");
	});
});

function listen(port: number): Promise<Server> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once("error", reject);
		server.listen(port, "127.0.0.1", () => resolve(server));
	});
}

async function freePort(): Promise<number> {
	const server = await listen(0);
	const address = server.address();
	server.close();
	if (address === null || typeof address === "string") throw new Error("no port");
	return address.port;
}
