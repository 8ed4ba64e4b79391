import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { it } from "../../../tests/support/fixtures.ts";
import { jobs } from "../../../tests/support/sampleShop.ts";
import type { Replication, ReplicationStatus } from "../port.ts";
import { LocalLogs } from "./logs.ts";
import { localPaths } from "./shared/paths.ts";

let folder: string;
let logs: LocalLogs;
it.beforeEach(async ({ folder: own }) => {
	folder = own;
	const status = async () => ({ log: join(folder, "replication.log") }) as ReplicationStatus;
	logs = new LocalLogs({ ...localPaths(), runs: join(folder, "runs") }, { status } as Replication, jobs);
});

async function write(path: string, text: string): Promise<string> {
	await mkdir(join(folder, path, ".."), { recursive: true });
	await writeFile(join(folder, path), text);
	return join(folder, path);
}

it("has the replication, the schedule and every job", () => {
	expect(logs.parts).toEqual(["replication", "schedule", ...jobs.map(({ name }) => name)]);
});

describe("the replication", () => {
	it("shows the last lines, oldest first, as they stand in the file", async () => {
		const log = await write("replication.log", "one\n  two  \n\nthree\n");
		expect(await logs.read("replication", 3)).toEqual({ log, lines: ["  two  ", "", "three"] });
		expect((await logs.read("replication", 100)).lines).toHaveLength(4);
	});

	it("has no lines where it never ran, and where it has written none", async () => {
		expect((await logs.read("replication", 5)).lines).toEqual([]);
		await write("replication.log", "");
		expect((await logs.read("replication", 5)).lines).toEqual([]);
	});
});

describe("a job", () => {
	it("shows its newest run that has a log, beside other runs and files", async () => {
		await write("runs/20261120-100000-aaaa/process-load.log", "old\n");
		const log = await write("runs/20261120-110000-bbbb/process-load.log", "new\n");
		await write("runs/20261120-120000-cccc/star-schema.log", "of another job\n");
		await write("runs/lock", "1\n");
		expect(await logs.read("process-load", 10)).toEqual({ log, lines: ["new"] });
	});

	it("that never ran says so", async () => {
		expect(await logs.read("star-schema", 10)).toEqual({ log: "star-schema has not run yet", lines: [] });
	});
});
