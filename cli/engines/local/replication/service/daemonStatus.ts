import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { z } from "zod";
import { exitCodes, type Outcome } from "../../../../common/errors.ts";
import { type JsonKind, readJsonFile, readJsonFileIfGood } from "../../../../common/jsonFile.ts";

const statistics = z.object({
	schema: z.string(),
	table: z.string(),
	state: z.string(),
	fullLoadRows: z.number(),
	inserts: z.number(),
	updates: z.number(),
	deletes: z.number(),
	ddls: z.number(),
	lastError: z.string().exactOptional(),
	updatedAt: z.string(),
});

const schema = z.object({
	/** Process id of the supervisor. */
	pid: z.number(),
	state: z.enum(["starting", "running", "stopping", "stopped", "failed"]),
	/** Whether the full load is over and changes are followed. */
	following: z.boolean(),
	fullLoadProgress: z.number(),
	startedAt: z.string(),
	updatedAt: z.string(),
	/** The same in milliseconds of `beatMs`; earlier versions did not note it. */
	beatMs: z.number().exactOptional(),
	stopReason: z.string().exactOptional(),
	/** What went wrong last; gone when it went well again. */
	lastError: z.string().exactOptional(),
	/** Why it failed, as the user sees it. */
	failure: z
		.object({
			outcome: z.string().refine((name): name is Outcome => name in exitCodes && name !== "ok"),
			what: z.string(),
			why: z.string().exactOptional(),
			fix: z.string().exactOptional(),
			next: z.string().exactOptional(),
		})
		.exactOptional(),
	latencySeconds: z.number().exactOptional(),
	/** Tables, as `schema.table`, that are reloaded after changes of others. */
	cascading: z.array(z.string()).exactOptional(),
	batchInterval: z.number(),
	batchBytes: z.number(),
	tables: z.array(statistics),
	/** What is left out though the definition does not name it. */
	withheld: z.array(z.string()).exactOptional(),
});

/** What the replicator shows of itself. */
export type DaemonStatus = z.infer<typeof schema>;

/** How the status file is read. */
export const statusFile: JsonKind<DaemonStatus> = {
	name: "The status of the replicator",
	schema,
	remedy: () => ({
		fix: "Start replication, which writes a new one. If it is already running, it does so within seconds.",
		next: "pipeline-cli replication start",
	}),
};

/** @returns undefined where there is none. */
export function readDaemonStatus(path: string): Promise<DaemonStatus | undefined> {
	return readJsonFile(path, statusFile);
}

/** For those who wait for the next status, or have the checkpoint to go by: a damaged one is none. */
export function peekDaemonStatus(path: string): Promise<DaemonStatus | undefined> {
	return readJsonFileIfGood(path, statusFile);
}

/**
 * Milliseconds by a clock that all processes of this machine see, that nobody sets, and that stands still while the machine sleeps:
 * CLOCK_MONOTONIC of Linux, mach_absolute_time of macOS.
 */
export function beatMs(): number {
	return Number(process.hrtime.bigint() / 1_000_000n);
}

/** Readers see the old or the new status, never a half one. On a full disk it is written in place, which needs no new room. */
export function writeDaemonStatus(path: string, status: DaemonStatus): void {
	const text = JSON.stringify({ ...status, beatMs: beatMs() });
	const temporary = `${path}.${process.pid}.tmp`;
	try {
		writeFileSync(temporary, text);
		renameSync(temporary, path);
	} catch {
		rmSync(temporary, { force: true });
		overwrite(path, text);
	}
}

function overwrite(path: string, text: string): void {
	try {
		const file = openSync(path, "r+");
		try {
			writeSync(file, text, 0);
			ftruncateSync(file, Buffer.byteLength(text));
			fsyncSync(file);
		} finally {
			closeSync(file);
		}
	} catch {
		// The status is for show; what counts is in the checkpoint.
	}
}
