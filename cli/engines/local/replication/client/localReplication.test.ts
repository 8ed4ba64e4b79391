import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { it } from "../../../../../tests/support/fixtures.ts";
import { isAlive } from "../../../../common/process/processIdentity.ts";
import { localPaths } from "../../shared/paths.ts";
import { type LocalSettings, passwordFile, writeSettings } from "../../shared/settings.ts";
import { type Checkpoint, writeCheckpoint } from "../model/checkpoint.ts";
import { statePaths } from "../model/statePaths.ts";
import { writeRequest } from "../service/requests.ts";
import { LocalReplication } from "./localReplication.ts";

const source: LocalSettings["source"] = {
	kind: "external",
	host: "127.0.0.1",
	port: 1,
	user: "u",
	tls: "DISABLED",
	schemas: ["own"],
};

const checkpoint: Checkpoint = {
	version: 1,
	server: { flavour: "mysql", id: "a" },
	position: { file: "binlog.1", offset: 4, gtid: "", fileCreated: 0 },
	sequence: { commitDigits: "2026010101010100", counter: 1, fileTime: 1 },
	tables: [
		{
			schema: "own",
			table: "t",
			state: "Table completed",
			columns: ["a", "b"].map((name) => ({
				name,
				type: "int",
				nullable: true,
				defaultsToNull: true,
				charset: null,
				generated: "",
			})),
			key: ["a"],
			fullLoadRows: 1,
			inserts: 0,
			updates: 0,
			deletes: 0,
			ddls: 0,
			updatedAt: "",
		},
	],
	prepared: {},
	loadedAt: "",
};

/** A stack that has loaded `own.t` in the clear, and whose definition says something of its columns. */
async function loaded(folder: string, rules: string) {
	const paths = localPaths(join(folder, "home"));
	const files = statePaths(paths);
	const pipeline = join(folder, "own");
	await mkdir(pipeline);
	await writeFile(join(pipeline, "pipeline.yaml"), `name: own\nsource: { schemas: [own] }\n${rules}`);
	await mkdir(files.folder, { recursive: true });
	await writeSettings({ version: 1, pipeline, source }, paths);
	await writeCheckpoint(files.checkpoint, checkpoint);
	// Whoever comes to the point of starting a replicator would fail on it.
	return { files, replication: new LocalReplication(paths, ["--no-such-option"]) };
}

it("does not start what a purge left that was interrupted before it had cleaned", async ({ folder, context }) => {
	const { files, replication } = await loaded(folder, "");
	await writeRequest(files.requests, ["own.t"], true);
	const refused = { outcome: "serviceRefused", text: { next: "pipeline-cli replication reload --purge" } };
	for (const options of [{}, { reload: true }, { target: "stream" as const }, { asBefore: true }]) {
		await expect(replication.start(context, options)).rejects.toMatchObject(refused);
	}
	await expect(replication.start(context)).rejects.toThrow("own.t (its purge has started)");
	expect(await readdir(files.requests)).toHaveLength(1);
	expect(await readdir(files.folder)).not.toContain("supervisors");
});

it("does not start by rules that the tables were not loaded by", async ({ folder, context }) => {
	const { replication } = await loaded(folder, "tables: { own.t: { columns: { b: drop } } }\n");
	await expect(replication.start(context)).rejects.toThrow("own.t (b: drop, previously keep)");
});

it("lets a reload of all tables replace a damaged checkpoint", async ({ folder, context }) => {
	const { files, replication } = await loaded(folder, "");
	await writeFile(files.checkpoint, "damaged");
	await expect(replication.start(context)).rejects.toMatchObject({
		text: { next: "pipeline-cli replication start --reload" },
	});
	// It gets as far as the source's password.
	await expect(replication.start(context, { reload: true })).rejects.toThrow("password");
});

it("ends a replicator that does not begin to work, and says so", async ({ folder, context }) => {
	const { files } = await loaded(folder, "");
	const paths = localPaths(join(folder, "home"));
	await mkdir(paths.source, { recursive: true });
	await writeFile(passwordFile(paths), "");
	const hanging = new LocalReplication(paths, ["-e", "setInterval(() => {}, 1000)", "--"], 500);
	await expect(hanging.start(context)).rejects.toMatchObject({
		text: { what: "The replicator was ended because it did not begin to work within 0.5 seconds." },
	});
	const [pid = ""] = await readdir(files.supervisors);
	expect(isAlive(Number(pid))).toBe(false);
});
