import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { exitCodes, type Outcome } from "../../../../common/errors.ts";

const statistics = z.object({
	schema: z.string(),
	table: z.string(),
	state: z.string(),
	fullLoadRows: z.number(),
	inserts: z.number(),
	updates: z.number(),
	deletes: z.number(),
	ddls: z.number(),
	lastError: z.string().optional(),
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
	stopReason: z.string().optional(),
	/** What went wrong last; gone when it went well again. */
	lastError: z.string().optional(),
	/** Why it failed, as the user is told. */
	failure: z
		.object({
			outcome: z.string().refine((name): name is Outcome => name in exitCodes && name !== "ok"),
			what: z.string(),
			why: z.string().optional(),
			fix: z.string().optional(),
			next: z.string().optional(),
		})
		.optional(),
	latencySeconds: z.number().optional(),
	batchInterval: z.number(),
	batchBytes: z.number(),
	tables: z.array(statistics),
});

/** What the replicator shows of itself. */
export type DaemonStatus = Exact<z.infer<typeof schema>>;

/** Zod lets an optional entry be undefined, JSON does not. */
type Exact<T> = T extends readonly (infer E)[]
	? Exact<E>[]
	: T extends object
		? { [K in keyof T]: Exact<Exclude<T[K], undefined>> }
		: T;

/** @returns undefined where there is none, or none that can be read. */
export async function readDaemonStatus(path: string): Promise<DaemonStatus | undefined> {
	try {
		const parsed = schema.safeParse(JSON.parse(await readFile(path, "utf8")));
		return parsed.success ? (parsed.data as DaemonStatus) : undefined;
	} catch (error) {
		if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
		throw error;
	}
}

/** Readers see the old or the new status, never a half one. On a full disk it is written in place, which needs no new room. */
export function writeDaemonStatus(path: string, status: DaemonStatus): void {
	const text = JSON.stringify(status);
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
