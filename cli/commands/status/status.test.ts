import { mkdir, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { it } from "../../../tests/support/fixtures.ts";
import type { Invocation } from "../../command.ts";
import { findStack } from "../../stack.ts";
import { stripAnsi } from "../../ui/terminal.ts";
import type { definition } from "./definition.ts";
import { run } from "./run.ts";

let home: string;

beforeEach<{ folder: string }>(async ({ folder }) => {
	home = folder;
	vi.stubEnv("PIPELINE_HOME", home);
	vi.stubEnv("PIPELINE_STACK", undefined);
	const source = { kind: "external", host: "127.0.0.1", port: 1, user: "u", tls: "DISABLED", schemas: ["shop"] };
	await write("stack.json", JSON.stringify({ version: 1, source }));
	await write("source/password", "secret\n");
});

afterEach(() => {
	vi.unstubAllEnvs();
});

async function write(file: string, text: string): Promise<void> {
	await mkdir(dirname(join(home, file)), { recursive: true });
	await writeFile(join(home, file), text);
}

/** Opening it fails for everybody, root too, with an error of the system. */
async function loop(file: string): Promise<void> {
	await mkdir(dirname(join(home, file)), { recursive: true });
	await symlink(basename(file), join(home, file));
}

async function status(): Promise<{ unseen: Record<string, string>[]; text: string }> {
	const { signal } = new AbortController();
	const invocation = { options: {}, json: false, stack: () => findStack({ stack: "local", signal }) };
	const { json, text } = await run(invocation as unknown as Invocation<typeof definition>);
	return { unseen: (json as { unseen: Record<string, string>[] }).unseen, text: stripAnsi(text) };
}

it.for([
	["replication/status.json", "replication"],
	["runs/lock.json", "jobs, failed runs"],
	["schedule/status.json", "failed runs, schedule"],
	["catalog.json", "catalog"],
	["local-other/stack.json", ""],
] as const)("a file that the disk refuses, %s, hides its own part only: %s", async ([file, parts]) => {
	await loop(file);
	const { unseen, text } = await status();
	expect(text).toMatch(/^source +unreachable/m);
	expect(text).toMatch(/^raw zone +empty/m);
	if (parts === "") {
		expect(unseen).toEqual([]);
		return;
	}
	for (const one of unseen) expect(one.reason).toContain(join(home, file));
	expect(text).toContain(
		`unknown: ${parts}\n  fix:  Move it away, then repeat the command.\n  next: pipeline-cli status\n`,
	);
});

it("settings that the disk refuses hide the source only", async () => {
	const other = join(home, "local-other");
	await mkdir(other);
	vi.stubEnv("PIPELINE_HOME", other);
	await loop("local-other/stack.json");
	const { unseen, text } = await status();
	expect(unseen).toMatchObject([{ part: "source", reason: expect.stringContaining(join(other, "stack.json")) }]);
	expect(text).toMatch(/^replication +ready/m);
});

it("a damaged file is named with what to do about it, once for all parts that need it", async () => {
	await write("runs/lock.json", "{");
	const { unseen, text } = await status();
	expect(unseen.map(({ part }) => part)).toEqual(["lastRun", "failing"]);
	expect(text.match(/then remove the file\.\n {2}next: rm /g)).toHaveLength(1);
});
