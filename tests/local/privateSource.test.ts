import { execFile, spawn } from "node:child_process";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect } from "vitest";
import { PipelineError } from "../../cli/common/errors.ts";
import { endProcess, isAlive } from "../../cli/common/process/processIdentity.ts";
import { type LocalPaths, localPaths } from "../../cli/engines/local/shared/paths.ts";
import { passwordFile, readSettings, sourceAccess } from "../../cli/engines/local/shared/settings.ts";
import { LocalSource } from "../../cli/engines/local/source/localSource.ts";
import { serverFiles, serverProcess } from "../../cli/engines/local/source/privateServer.ts";
import { startPrivateSource, stopSource } from "../../cli/engines/local/source/up.ts";
import { openClient } from "../../cli/engines/mysql/connection.ts";
import { it } from "../support/cliFixtures.ts";
import { client, listen, refusal } from "../support/privateSource.ts";
import { freePort } from "../support/servers/testServer.ts";

const run = promisify(execFile);

describe("the private MariaDB", () => {
	let paths: LocalPaths;

	it.beforeAll(({ filePaths }) => {
		paths = filePaths;
	});

	it.beforeEach(async ({ context }) => {
		await startPrivateSource(context, {}, paths);
	});

	it("is found running when it is started again", async ({ context }) => {
		const server = await serverProcess(paths);
		expect(server).toBeDefined();
		expect(await startPrivateSource(context, {}, paths)).toMatchObject({ action: "already running" });
		expect(await serverProcess(paths)).toEqual(server);
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
		for (const folder of [paths.home, paths.source]) expect((await stat(folder)).mode & 0o777).toBe(0o700);
		expect((await run("ps", ["-eww", "-o", "args="])).stdout).not.toContain(password);
		const holders: string[] = [];
		for (const entry of await readdir(paths.home, { recursive: true, withFileTypes: true })) {
			const path = join(entry.parentPath, entry.name);
			if (entry.isFile() && (await readFile(path)).includes(password)) holders.push(path);
		}
		expect(holders).toEqual([passwordFile(paths)]);
	});

	it("stops, keeps its data and its port, and starts again", async ({ context }) => {
		const before = (await readSettings(paths))?.source.port;
		const connection = await client(paths);
		await connection.query("CREATE DATABASE kept");
		await connection.end();
		const server = await serverProcess(paths);
		expect(await stopSource(context, paths)).toBe("stopped");
		expect(server !== undefined && isAlive(server.pid)).toBe(false);
		expect(await new LocalSource(paths).status()).toMatchObject({ state: "stopped", address: `127.0.0.1:${before}` });
		expect(await stopSource(context, paths)).toBe("not running");
		expect(await startPrivateSource(context, {}, paths)).toMatchObject({
			action: "started",
			address: `127.0.0.1:${before}`,
		});
		const again = await client(paths);
		const [kept] = (await again.query("SHOW DATABASES LIKE 'kept'")) as unknown as [unknown[]];
		await again.end();
		expect(kept).toHaveLength(1);
	});

	it.for<[how: string, delays: (number | undefined)[]]>([
		["killed", [undefined]],
		["killed at any moment of its shutdown, as at a reboot,", [0, 3, 6, 9, 12, 15, 20, 30]],
	])("comes back after it was %s with what was committed", async ([, delays], { context }) => {
		const setUp = await client(paths);
		await setUp.query("CREATE OR REPLACE DATABASE killed");
		await setUp.query("CREATE TABLE killed.t (a INT AUTO_INCREMENT PRIMARY KEY)");
		await setUp.end();
		for (const [round, shutdownMs] of delays.entries()) {
			const connection = await client(paths);
			connection.on("error", () => undefined);
			await connection.query("INSERT INTO killed.t VALUES (), ()");
			const server = await serverProcess(paths);
			if (server === undefined) throw new Error("the server does not run");
			if (shutdownMs === undefined) process.kill(server.pid, "SIGKILL");
			await endProcess(server, "", shutdownMs ?? 60_000);
			connection.destroy();
			expect(await startPrivateSource(context, {}, paths)).toMatchObject({ action: "started" });
			const again = await client(paths);
			const [rows] = (await again.query("SELECT a FROM killed.t ORDER BY a")) as unknown as [{ a: number }[]];
			await again.end();
			expect(rows).toHaveLength(2 * (round + 1));
		}
	});

	it("does not take another program for itself where a pid file is stale", async ({ context }) => {
		await stopSource(context, paths);
		const stranger = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
		try {
			await writeFile(serverFiles(paths).pid, `${stranger.pid}\n`);
			expect(await stopSource(context, paths)).toBe("not running");
			expect(isAlive(stranger.pid ?? 0)).toBe(true);
			expect(await startPrivateSource(context, {}, paths)).toMatchObject({ action: "started" });
			expect((await serverProcess(paths))?.pid).not.toBe(stranger.pid);
		} finally {
			stranger.kill("SIGKILL");
		}
	});

	it.for(["stopped", "running"])("fixes a password file that was lost while it was %s", async (state, { context }) => {
		if (state === "stopped") await stopSource(context, paths);
		await rm(passwordFile(paths));
		await startPrivateSource(context, {}, paths);
		expect((await new LocalSource(paths).status()).state).toBe("running");
	});

	it("names the port that another program holds, loses nothing, and takes another one", async ({ context }) => {
		await stopSource(context, paths);
		const port = (await readSettings(paths))?.source.port ?? 0;
		const holder = await listen(port);
		try {
			const error = await refusal(startPrivateSource(context, {}, paths));
			expect(error.text.what).toContain(`port ${port}`);
			expect(error.text.fix).toContain("another port");
			const other = await freePort();
			expect(await startPrivateSource(context, { port: other }, paths)).toMatchObject({
				address: `127.0.0.1:${other}`,
			});
			expect((await readSettings(paths))?.source.port).toBe(other);
			const second = await refusal(startPrivateSource(context, { port }, paths));
			expect(second.outcome).toBe("usage");
			expect(second.text.next).toContain("source down");
		} finally {
			holder.close();
		}
	});

	it("is started once by two at the same time", async ({ context }) => {
		await stopSource(context, paths);
		const results = await Promise.all([startPrivateSource(context, {}, paths), startPrivateSource(context, {}, paths)]);
		expect(results.map(({ action }) => action).sort()).toEqual(["already running", "started"]);
	});
});

describe("initialisation", () => {
	let paths: LocalPaths;

	it.beforeEach(({ paths: own }) => {
		paths = own;
	});

	it("is redone where it was interrupted", async ({ context }) => {
		const unfinished = serverFiles(paths).unfinishedData;
		await mkdir(join(unfinished, "mysql"), { recursive: true });
		await writeFile(join(unfinished, "ibdata1"), "half of it");
		expect(await startPrivateSource(context, {}, paths)).toMatchObject({ action: "initialised" });
		expect(await readdir(paths.source)).not.toContain("data.unfinished");
		expect((await new LocalSource(paths).status()).state).toBe("running");
	});

	it("can be stopped at any time, and the next run works", async ({ context, abort, fileContext }) => {
		const reason = new PipelineError("cancelled", { what: "Ctrl-C." });
		const { task } = context.reporter;
		context.reporter.task = (title, work) =>
			task(title, (update) =>
				work((detail) => {
					update(detail);
					if (detail === "initialising") setImmediate(() => abort.abort(reason));
				}),
			);
		await expect(startPrivateSource(context, {}, paths)).rejects.toBe(reason);
		expect(await serverProcess(paths)).toBeUndefined();
		expect(await startPrivateSource(fileContext, {}, paths)).toMatchObject({ action: "initialised" });
	});

	it("works in a folder with a long name and blanks", async ({ context }) => {
		const home = join(paths.home, "..", "a folder with blanks ".repeat(6).trim(), ".pipeline");
		const long = localPaths(home);
		try {
			await startPrivateSource(context, {}, long);
			expect((await new LocalSource(long).status()).state).toBe("running");
		} finally {
			await stopSource(context, long);
		}
	});

	it("says where no stack is", async () => {
		expect((await refusal(new LocalSource(paths).status())).outcome).toBe("noSuchStack");
	});
});
