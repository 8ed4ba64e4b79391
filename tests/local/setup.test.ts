import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, vi } from "vitest";
import { PipelineError } from "../../cli/common/errors.ts";
import { namesIn } from "../../cli/common/fs.ts";
import { poll } from "../../cli/common/poll.ts";
import { isAlive } from "../../cli/common/process/processIdentity.ts";
import { localChecks } from "../../cli/engines/local/doctor/checks.ts";
import { LocalJobs } from "../../cli/engines/local/jobs/localJobs.ts";
import { SailServer } from "../../cli/engines/local/jobs/sailServer.ts";
import { ChildFailure, runChild } from "../../cli/engines/local/setup/child.ts";
import { ensureInterpreter } from "../../cli/engines/local/setup/interpreter.ts";
import { chooseCorePackages, findMariaDb, installCommand } from "../../cli/engines/local/setup/mariadb.ts";
import { ensurePython, pythonBinary } from "../../cli/engines/local/setup/python.ts";
import { setup } from "../../cli/engines/local/setup/setup.ts";
import { type LocalPaths, localPaths } from "../../cli/engines/local/shared/paths.ts";
import { passwordFile, writeSettings } from "../../cli/engines/local/shared/settings.ts";
import type { Check } from "../../cli/engines/port.ts";
import { it } from "../support/fixtures.ts";
import { listen } from "../support/privateSource.ts";

let folder: string;
let paths: LocalPaths;

it.beforeEach(({ folder: own }) => {
	folder = own;
	paths = localPaths(join(folder, ".pipeline"));
});

it.afterEach(() => {
	vi.unstubAllEnvs();
});

/** Puts a shell script on the way; the real programs are not found before it. */
async function script(name: string, body: string): Promise<string> {
	const path = join(folder, name);
	await writeFile(path, `#!/bin/sh\n${body}\n`);
	await chmod(path, 0o755);
	return path;
}

async function failure(work: Promise<unknown>): Promise<PipelineError> {
	try {
		await work;
	} catch (error) {
		if (error instanceof PipelineError) return error;
		throw error;
	}
	throw new Error("it did not fail");
}

describe("runChild", () => {
	it("keeps all output in the log and the last lines in the failure", async ({ context }) => {
		const log = join(folder, "logs", "child.log");
		const program = await script("program", "for i in $(seq 1 140); do echo line $i; done; echo oh >&2; exit 3");
		const lines: string[] = [];
		const work = runChild(program, [], { log, signal: context.signal, onLine: (line) => lines.push(line) });
		const error = await work.then(
			() => undefined,
			(thrown: unknown) => thrown,
		);
		expect(error).toBeInstanceOf(ChildFailure);
		expect((error as ChildFailure).message).toContain("ended with 3");
		expect((error as ChildFailure).tail).toContain("oh");
		expect((error as ChildFailure).tail).not.toContain("line 1");
		const written = (await readFile(log, "utf8")).trim().split("\n");
		expect(written).toHaveLength(141);
		expect(lines).toHaveLength(141);
	});

	it("says that a program can't be run", async ({ context }) => {
		const work = runChild(join(folder, "nothing"), [], { log: join(folder, "log"), signal: context.signal });
		await expect(work).rejects.toThrow("could not be run");
	});

	it("ends the child and its own children when it is stopped, and gives the reason", async ({ context }) => {
		const program = await script("program", "sleep 600 & echo $!; wait");
		const abort = new AbortController();
		const reason = new PipelineError("cancelled", { what: "Ctrl-C." });
		let grandchild = 0;
		const work = runChild(program, [], {
			log: join(folder, "log"),
			signal: abort.signal,
			onLine: (line) => {
				grandchild = Number(line);
				abort.abort(reason);
			},
		});
		await expect(work).rejects.toBe(reason);
		expect(grandchild).toBeGreaterThan(0);
		await poll({ firstMs: 200, signal: context.signal }, async () => !isAlive(grandchild) || undefined);
	});
});

describe("ensureInterpreter", () => {
	const probe = (version: string, complete: boolean): string => `echo "${version} ${complete ? "True" : "False"}"`;

	it("takes the first of the list that can make environments", async ({ context }) => {
		const commands = [
			await script("shim", "echo 'python3.11: command not found' >&2; exit 127"),
			await script("bare", probe("3.11.2", false)),
			await script("whole", probe("3.12.4", true)),
		];
		const found = await ensureInterpreter(context, folder, commands);
		expect(found).toEqual({ command: commands[2], version: "3.12.4", canMakeEnvironments: true });
	});

	it("names the supported versions and what was found instead", async ({ context }) => {
		const commands = [await script("old", probe("3.9.18", true)), await script("new", probe("3.15.0", true))];
		const error = await failure(ensureInterpreter(context, folder, commands));
		expect(error.text.what).toContain("3.10, 3.11, 3.12 or 3.13");
		expect(error.text.why).toContain("3.9.18");
		expect(error.text.why).toContain("3.15.0");
		expect(error.text.fix).toContain("Install one");
	});
});

describe("SailServer", () => {
	it("continues where its log can't be written", async () => {
		const python = await script(
			"python",
			'head -c 300000 /dev/zero >&2; echo \'{"port":4711,"why":"x"}\'; cat > /dev/null',
		);
		const server = new SailServer(python);
		server.logTo(join(folder, "nowhere", "sail.log"));
		expect(await server.remote(new AbortController().signal)).toEqual({ address: "sc://127.0.0.1:4711" });
		await server.stop();
	});
});

describe("ensurePython", () => {
	it.beforeEach(() => {
		// An index that refuses connections, and no packages from elsewhere.
		vi.stubEnv("PIP_INDEX_URL", "http://127.0.0.1:9/simple");
		vi.stubEnv("PIP_CONFIG_FILE", "/dev/null");
		vi.stubEnv("PIP_FIND_LINKS", "");
		vi.stubEnv("PIP_NO_CACHE_DIR", "1");
	});

	it("says that the index can't be reached, stops when it is asked to, and takes nothing half-made for whole", async ({
		context,
		abort,
		fileContext,
	}) => {
		vi.stubEnv("PIP_RETRIES", "0");
		const error = await failure(ensurePython(fileContext, paths, false));
		expect(error.text.what).toContain("Python environment could not be created");
		expect(error.text.why).toContain("package index cannot be reached");
		expect(error.text.fix).toContain(join(paths.home, "logs"));
		await expect(readFile(join(paths.python, "installed.json"))).rejects.toThrow("ENOENT");

		vi.stubEnv("PIP_RETRIES", "50");
		const log = join(paths.home, "logs", "setup-python-build.log");
		await rm(log);
		const reason = new PipelineError("cancelled", { what: "Ctrl-C." });
		const work = ensurePython(context, paths, false);
		work.catch(() => undefined);
		await poll({ firstMs: 200, signal: fileContext.signal }, async () => {
			const said = await readFile(log, "utf8").catch(() => "");
			return said.includes("Retrying") || undefined;
		});
		abort.abort(reason);
		await expect(work).rejects.toBe(reason);
		await expect(readFile(join(paths.python, "installed.json"))).rejects.toThrow("ENOENT");
	});

	it("is what a run of jobs begins with", async ({ fileContext }) => {
		vi.stubEnv("PIP_RETRIES", "0");
		const error = await failure(new LocalJobs(paths).open(fileContext));
		expect(error.text.what).toContain("Python environment could not be created");
		expect(await namesIn(paths.runs)).toEqual([]);
	});
});

describe("setup", () => {
	it("installs nothing where all is there", async ({ context, fileContext }) => {
		await setup(fileContext);
		const result = await setup(context);
		expect(result.python).toEqual({ binary: pythonBinary(localPaths()), action: "ready" });
		expect(context.shown).toEqual([]);
	});

	it("names the folder that it can't make", async ({ context }) => {
		await writeFile(join(folder, "file"), "");
		const error = await failure(setup(context, {}, localPaths(join(folder, "file", ".pipeline"))));
		expect(error.text.what).toContain(join(folder, "file", ".pipeline"));
		expect(error.text.why).toContain("ENOTDIR");
	});
});

describe("MariaDB", () => {
	it("is found with its version", async () => {
		const found = await findMariaDb();
		expect(found?.version).toMatch(/^1\d\.\d+\.\d+$/);
		expect(found?.installDb).toContain("db");
	});

	it("is not taken from a MySQL, or from a version that is too old", async () => {
		const bin = join(folder, "bin");
		await mkdir(bin);
		for (const name of ["mariadb-install-db", "my_print_defaults"]) await script(join("bin", name), "exit 0");
		const others = [bin];
		await script("bin/mariadbd", "echo 'mariadbd  Ver 10.4.34-MariaDB for Linux on x86_64'");
		await script(
			"bin/mysqld",
			"echo '/usr/sbin/mysqld  Ver 8.0.33 for Linux on x86_64 (MySQL Community Server - GPL)'",
		);
		expect(await findMariaDb("", others)).toBeUndefined();
		await script("bin/mysqld", "echo 'mysqld  Ver 10.6.22-MariaDB for Linux on x86_64'");
		expect(await findMariaDb("", others)).toEqual({
			server: join(bin, "mysqld"),
			installDb: join(bin, "mariadb-install-db"),
			version: "10.6.22",
		});
		await rm(join(bin, "my_print_defaults"));
		expect(await findMariaDb("", others)).toBeUndefined();
	});

	it("is installed by the newest packages without a service", () => {
		const others = ["mariadb-server", "mariadb-server-core-10.5", "mariadb-client-core-10.5"];
		expect(chooseCorePackages([...others, "mariadb-client-core-10.11", "mariadb-server-core-10.11"])).toEqual([
			"mariadb-server-core-10.11",
			"mariadb-client-core-10.11",
		]);
		expect(chooseCorePackages([...others, "mariadb-client-core", "mariadb-server-core"])).toEqual([
			"mariadb-server-core",
			"mariadb-client-core",
		]);
	});

	it.each([
		["dnf", "sudo dnf install -y mariadb-server"],
		["pacman", "sudo pacman -S --needed mariadb"],
		["apt-get", "sudo apt-get install -y --no-install-recommends mariadb-server-core mariadb-client-core"],
		["brew", "brew install mariadb"],
	])("has the command for a machine with %s", async (program, command) => {
		await script(program, "exit 0");
		expect(await installCommand("linux", folder)).toBe(command);
	});

	it("has Homebrew's command on macOS", async () => {
		expect(await installCommand("darwin", "")).toBe("brew install mariadb");
	});
});

describe("doctor on this machine", () => {
	const named = async (): Promise<Record<string, Check>> =>
		Object.fromEntries((await localChecks(paths)).map((check) => [check.name, check]));

	it("names what the first start will need, and makes nothing", async () => {
		const checks = await named();
		expect(checks["Python environment"]).toMatchObject({ ok: false, fix: "Run: pipeline-cli setup" });
		expect(checks["Node.js"]).toMatchObject({ ok: true });
		expect(checks.loopback).toMatchObject({ ok: true });
		expect(checks.disk?.found).toContain(paths.home);
		expect(checks.source).toBeUndefined();
		expect(await namesIn(folder)).toEqual([]);
	});

	it("names a broken engine, a port that another program holds, and a source that does not answer", async () => {
		const other = await listen(0);
		try {
			const address = other.address();
			const port = typeof address === "object" ? (address?.port ?? 0) : 0;
			const source = { host: "127.0.0.1", port, user: "p", tls: "DISABLED" as const, schemas: ["s"] };
			await writeSettings({ version: 1, source: { kind: "private", ...source } }, paths);
			await mkdir(paths.source);
			await writeFile(passwordFile(paths), "x\n");
			await mkdir(join(paths.python, "bin"), { recursive: true });
			await writeFile(pythonBinary(paths), "#!/bin/sh\necho no such library >&2; exit 1\n");
			await chmod(pythonBinary(paths), 0o755);
			other.on("connection", (socket) => socket.destroy());
			const checks = await named();
			expect(checks["engine of the jobs"]).toMatchObject({ ok: false, found: "no such library" });
			expect(checks[`port ${port}`]).toMatchObject({ ok: false, found: "used by another program" });
			expect(checks.source).toMatchObject({ ok: false, fix: expect.stringContaining("pipeline-cli source up --port") });
		} finally {
			await new Promise((resolve) => other.close(resolve));
		}
	});
});
