import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { test } from "../../../../../tests/support/fixtures.ts";
import { type Checkpoint, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { initialSequence } from "./sequence.ts";
import { newTable, TaskState } from "./taskState.ts";

let folder: string;
let path: string;

const checkpoint: Checkpoint = {
	version: 1,
	server: { flavour: "mariadb", id: "1" },
	position: { file: "mysql-bin.000002", offset: 400, gtid: "0-1-5,1-1-9", fileCreated: 0 },
	sequence: initialSequence,
	tables: [newTable({ schema: "s", table: "t" }, "Table completed")],
	prepared: {},
	loadedAt: "2026-01-01T00:00:00.000Z",
};

test.beforeEach(({ folder: own }) => {
	folder = own;
	path = join(folder, "checkpoint.json");
});

test("is read as it was written, and is absent at first", async () => {
	expect(await readCheckpoint(path)).toBeUndefined();
	await writeCheckpoint(path, checkpoint);
	expect(await readCheckpoint(path)).toEqual(checkpoint);
});

test.each([
	["cut short", (text: string) => text.slice(0, -10)],
	["one digit changed", (text: string) => text.replace('"offset":400', '"offset":500')],
	["empty", () => ""],
	["something else", () => "{}"],
])("a damaged one (%s) is refused with its fix", async (_, damage) => {
	await writeCheckpoint(path, checkpoint);
	writeFileSync(path, damage(readFileSync(path, "utf8")));
	await expect(readCheckpoint(path)).rejects.toMatchObject({
		outcome: "failure",
		text: { next: "pipeline-cli replication start --reload" },
	});
});

test("a state becomes the checkpoint that it was read from, plus what was noted since", () => {
	const state = new TaskState(checkpoint);
	expect(state.toCheckpoint()).toEqual(checkpoint);
	state.addGtid("1-1-10");
	state.position = { file: "mysql-bin.000003", offset: 4 };
	expect(state.toCheckpoint().position).toEqual({
		file: "mysql-bin.000003",
		offset: 4,
		gtid: "0-1-5,1-1-10",
		fileCreated: 0,
	});
});

test("a table's own position is kept until the replication has come past it", () => {
	const at = { file: "mysql-bin.000002", offset: 500 };
	const state = new TaskState({
		...checkpoint,
		tables: [{ ...newTable({ schema: "s", table: "t" }, "Table completed"), loadedAt: at }],
	});
	expect(state.toCheckpoint().tables[0]?.loadedAt).toEqual(at);
	state.position = { file: "mysql-bin.000010", offset: 4 };
	expect(state.toCheckpoint().tables[0]?.loadedAt).toBeUndefined();
});
