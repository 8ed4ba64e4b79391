import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir, rm, statfs, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, vi } from "vitest";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { LocalReplication } from "../../cli/engines/local/replication/client/localReplication.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import type { CliStack } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";
import { client } from "../support/privateSource.ts";
import { until } from "../support/replicator.ts";

const isAll = process.env.ALL_FAULTS === "1";

/** Words that no message for a user has. */
const raw = /Traceback|bug of pipeline-cli|\n {4}at /;

const begin = ["replication start --batch-interval 1", "run-etl"];

async function setUp(stack: CliStack, folder: string): Promise<void> {
	const own = join(folder, "definition");
	await mkdir(own, { recursive: true });
	await writeFile(join(own, "pipeline.yaml"), "name: own\nsource: { schemas: [own] }\n");
	await succeed(stack, `source up --pipeline ${own}`);
	await sql(stack, "CREATE DATABASE own", "CREATE TABLE own.items (id INT PRIMARY KEY, name VARCHAR(64))");
	await sql(stack, "INSERT INTO own.items SELECT seq, CONCAT('name ', seq % 7) FROM seq_1_to_1000");
}

/** @param rows how many more the table gets. */
function insert(stack: CliStack, rows: number): Promise<void> {
	const next = "(SELECT MAX(id) FROM own.items)";
	return sql(
		stack,
		`SET @last = ${next}`,
		`INSERT INTO own.items SELECT @last + seq, SHA2(seq, 256) FROM seq_1_to_${rows}`,
	);
}

async function sql(stack: CliStack, ...statements: readonly string[]): Promise<void> {
	const db = await client(localPaths(stack.home));
	try {
		for (const statement of statements) {
			if (statement.includes("seq_1_to_")) await db.query("USE own");
			await db.query(statement);
		}
	} finally {
		await db.end();
	}
}

async function succeed(stack: CliStack, ...commands: readonly string[]): Promise<void> {
	for (const command of commands) {
		const { code, stdout, stderr } = await stack.run(command.split(" "));
		expect([command, code, code === 0 ? "" : stdout + stderr]).toEqual([command, 0, ""]);
	}
}

/** Runs a command that must fail, in words for its user. @returns what it wrote. */
async function refused(stack: CliStack, command: string): Promise<string> {
	const { code, stdout, stderr } = await stack.run(command.split(" "));
	const text = stdout + stderr;
	expect([command, code === 0, raw.exec(text)?.[0]], text).toEqual([command, false, undefined]);
	return text;
}

/** As many changes as the source's table has rows are there. */
async function followed(stack: CliStack, inserts: number): Promise<void> {
	const replication = new LocalReplication(localPaths(stack.home));
	await until(async () => ((await replication.tables())[0]?.inserts ?? 0) >= inserts);
}

it.runIf(isAll)(
	"a source that is an older backup is noticed, and loaded again on demand; no row is lost",
	{ timeout: 600_000 },
	async ({ stack, folder }) => {
		await setUp(stack, folder);
		await succeed(stack, ...begin, "down");
		const data = join(stack.home, "source", "data");
		await cp(data, join(folder, "backup"), { recursive: true, preserveTimestamps: true });
		await succeed(stack, "source up", "replication start --batch-interval 1");
		await insert(stack, 500);
		await followed(stack, 500);
		await succeed(stack, "run-etl", "down");
		// The positions are of a future that the source no longer has.
		await rm(data, { recursive: true });
		await cp(join(folder, "backup"), data, { recursive: true, preserveTimestamps: true });
		await succeed(stack, "source up");
		await insert(stack, 20);
		expect(await refused(stack, "replication start --batch-interval 1")).toContain("--reload");
		expect((await stack.run(["status"])).code).toBe(1);
		expect(await refused(stack, "reconcile")).toMatch(/replication|differ/i);
		await succeed(stack, "replication start --reload", "run-etl", "reconcile --deep");
	},
);

/** Of Debian's package libfaketime: it makes a clock of the time of day, for whoever is loaded with it. */
const fakeClock = (existsSync("/usr/lib") ? readdirSync("/usr/lib") : [])
	.map((name) => join("/usr/lib", name, "faketime", "libfaketime.so.1"))
	.find((path) => existsSync(path));

it.runIf(isAll && fakeClock !== undefined)(
	"a clock that is set back and forward by a day, of every process, costs no row (needs libfaketime)",
	{ timeout: 1_200_000 },
	async ({ stack, folder, onTestFinished }) => {
		const clock = join(folder, "clock");
		await writeFile(clock, "+0\n");
		onTestFinished(() => void vi.unstubAllEnvs());
		const fake = { LD_PRELOAD: fakeClock, FAKETIME_TIMESTAMP_FILE: clock };
		// Times of files are what they were when these were written.
		const how = { FAKETIME_NO_CACHE: "1", FAKETIME_DONT_FAKE_MONOTONIC: "1", NO_FAKE_STAT: "1" };
		for (const [name, value] of Object.entries({ ...fake, ...how })) vi.stubEnv(name, value);
		await setUp(stack, folder);
		await succeed(stack, ...begin);
		let inserted = 0;
		for (const offset of ["-1d", "+0", "+1d", "+0"]) {
			await writeFile(clock, `${offset}\n`);
			await insert(stack, 50);
			inserted += 50;
			await followed(stack, inserted);
			await succeed(stack, "run-etl", "reconcile");
		}
		await succeed(stack, "reconcile --deep", "status", "down");
	},
);

const mayMount = process.getuid?.() === 0 && process.platform === "linux";

describe.runIf(isAll && mayMount)("a disk", { timeout: 1_200_000 }, () => {
	/** A stack on a small disk of its own; its source's server is on it, too, so it has room for that. */
	async function onSmallDisk(stack: CliStack, run: () => Promise<void>): Promise<void> {
		execFileSync("mount", ["-t", "tmpfs", "-o", "size=400m", "tmpfs", stack.home]);
		try {
			await symlink(join(projectRoot, ".pipeline", "python"), join(stack.home, "python"));
			await run();
		} finally {
			await rm(join(stack.home, "ballast"), { force: true });
			await stack.run(["down"]);
			execFileSync("umount", ["--lazy", stack.home]);
		}
	}

	async function fill(home: string, left: number): Promise<void> {
		const { bavail, bsize } = await statfs(home);
		await writeFile(join(home, "ballast"), Buffer.alloc(Math.max(0, bavail * bsize - left)));
	}

	it("that is full is said by each command, and nothing is lost", ({ stack, folder }) =>
		onSmallDisk(stack, async () => {
			await setUp(stack, folder);
			await succeed(stack, ...begin);
			await insert(stack, 20_000);
			await followed(stack, 20_000);
			for (const left of [0, 60_000, 400_000]) {
				await fill(stack.home, left);
				expect(await refused(stack, "run-etl")).toMatch(/disk is full|no space left/i);
				await rm(join(stack.home, "ballast"));
			}
			await succeed(stack, "run-etl", "reconcile --deep");
			await fill(stack.home, 0);
			for (const command of ["crawl", "warehouse apply", "replication stop", "replication start --reload"]) {
				const { code, stdout, stderr } = await stack.run(command.split(" "));
				expect([command, raw.exec(stdout + stderr)?.[0]], stdout + stderr).toEqual([command, undefined]);
				if (code !== 0) expect(stdout + stderr).toMatch(/disk is full|no space left/i);
			}
			await rm(join(stack.home, "ballast"));
			await succeed(stack, ...begin, "warehouse apply", "reconcile --deep");
		}));

	it("that becomes read-only is said by each command; nothing is lost", ({ stack, folder }) =>
		onSmallDisk(stack, async () => {
			await setUp(stack, folder);
			await succeed(stack, ...begin);
			// What the server of the source has open may still be written.
			const places = ["lake", "replication", "runs"].map((name) => join(stack.home, name));
			const mounted: string[] = [];
			try {
				for (const place of places) {
					execFileSync("mount", ["--bind", place, place]);
					mounted.push(place);
					execFileSync("mount", ["-o", "remount,bind,ro", place]);
				}
				await insert(stack, 500);
				for (const command of ["run-etl", "replication reload own.items"]) {
					expect(await refused(stack, command)).toMatch(/no permission to read or write|read-only/i);
				}
				await until(async () => (await stack.run(["status"])).code === 1);
			} finally {
				for (const place of mounted) execFileSync("umount", ["--lazy", place]);
			}
			await succeed(stack, ...begin);
			await followed(stack, 500);
			await succeed(stack, "run-etl", "reconcile --deep");
		}));
});
