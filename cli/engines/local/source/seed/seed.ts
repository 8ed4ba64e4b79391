import { access, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "mysql2/promise";
import type { SampleSchema } from "../../../../../etl/definition/sampleData.ts";
import { messageOf, PipelineError } from "../../../../common/errors.ts";
import { writeFileAtomic } from "../../../../common/fs.ts";
import { counted } from "../../../../common/grouped.ts";
import type { SourceAccess } from "../../../mysql/access.ts";
import { openClient } from "../../../mysql/connection.ts";
import type { Context, SeedOptions, SeedResult } from "../../../port.ts";
import { stackDefinition } from "../../shared/definition.ts";
import { withLockFile } from "../../shared/lockFile.ts";
import { type LocalPaths, localPaths } from "../../shared/paths.ts";
import { readSettings, sourceAccess } from "../../shared/settings.ts";
import { diskFull, watchDisk } from "./diskWatch.ts";
import { createTables, fillTables, type Send, schemasWithTables } from "./fill.ts";
import { readSamples } from "./samples.ts";

/**
 * Creates and fills the sample schemas. Everything goes through the binary log, so a running replication sees it.
 * @throws PipelineError where data is there already, or where a server of the user's own would be written to unasked.
 */
export async function seedSource(
	context: Context,
	options: SeedOptions,
	paths: LocalPaths = localPaths(),
): Promise<SeedResult> {
	const beganAt = Date.now();
	const target = await sourceAccess(paths);
	if ((await isExternal(paths)) && options.yes !== true) {
		throw new PipelineError("usage", {
			what: `Nothing was written to ${target.host}:${target.port}.`,
			why: "It is your own server, and the command would create the sample schemas on it.",
			fix: "To create them there, pass --yes.",
			next: "pipeline-cli source seed --yes",
		});
	}
	const waiting = (pid: number): void =>
		context.reporter.note(`Waiting for process ${pid}, which is filling the schemas.`);
	const samples = await readSamples(await stackDefinition(paths));
	const schemas = await withLockFile(join(paths.source, "seed.lock"), context.signal, waiting, () =>
		seed(context, options, samples, target, paths),
	);
	return { schemas, seconds: (Date.now() - beganAt) / 1000 };
}

/** Whether all sample schemas are there and whole, on the source of the stack. */
export async function hasSamples(paths: LocalPaths = localPaths()): Promise<boolean> {
	const samples = await readSamples(await stackDefinition(paths));
	if (await wasInterrupted(paths)) return false;
	const client = await openClient(await sourceAccess(paths));
	try {
		return (await schemasWithTables(client, samples)).length === samples.length;
	} finally {
		await client.end();
	}
}

async function seed(
	context: Context,
	options: SeedOptions,
	samples: readonly SampleSchema[],
	target: SourceAccess,
	paths: LocalPaths,
): Promise<SeedResult["schemas"]> {
	const client = await openClient(target);
	const disk = watchDisk(paths.source);
	const stop = (await isExternal(paths)) ? context.signal : AbortSignal.any([context.signal, disk.signal]);
	try {
		// Half of the data, of a seeding that was interrupted, is replaced without asking.
		if (options.reset !== true && !(await wasInterrupted(paths))) await refuseExisting(client, samples);
		await writeFileAtomic(unfinishedMark(paths), "");
		const send: Send = (sql, values) => orStop(stop, client.query(sql, values));
		// WordPress has zero dates, which MySQL's default mode refuses.
		await send("SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'");
		const schemas: SeedResult["schemas"] = [];
		for (const sample of samples) {
			await context.reporter.task(`Fill ${sample.schema}`, async (update) => {
				await createTables(send, sample);
				const rows = await fillTables(send, sample, options, (count) => update(`${count} rows`));
				update(counted(rows, "row"));
				schemas.push({ schema: sample.schema, tables: sample.tables.length, rows });
			});
		}
		await rm(unfinishedMark(paths), { force: true });
		return schemas;
	} catch (error) {
		throw stop.aborted ? stop.reason : await refusal(target, error, paths);
	} finally {
		disk.stop();
		// Without waiting for the server, which may be waiting itself; an open transaction is rolled back.
		client.destroy();
	}
}

/** Gives up waiting when the signal aborts: a server whose disk is full does not answer. */
function orStop<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		const stop = (): void => reject(signal.reason);
		if (signal.aborted) stop();
		signal.addEventListener("abort", stop, { once: true });
		work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
	});
}

async function refuseExisting(client: Connection, samples: readonly SampleSchema[]): Promise<void> {
	const existing = await schemasWithTables(client, samples);
	if (existing.length === 0) return;
	throw new PipelineError("usage", {
		what: `${existing.join(" and ")} already ${existing.length === 1 ? "contains" : "contain"} sample tables.`,
		fix: "Keep them, or drop and fill them again with --reset. If the replication is running, it replicates the new rows.",
		next: "pipeline-cli source seed --reset",
	});
}

/** What the server answers where it has no room for a table, or for a temporary file. */
const noRoom = ["ER_RECORD_FILE_FULL", "ER_DISK_FULL"];

async function refusal(target: SourceAccess, error: unknown, paths: LocalPaths): Promise<unknown> {
	const { code, sqlState } = error as { code?: string; sqlState?: string };
	if (error instanceof PipelineError || code === undefined) return error;
	if (noRoom.includes(code) && !(await isExternal(paths))) return diskFull(paths.source);
	const isAnswer = sqlState !== undefined;
	return new PipelineError(
		"failure",
		{
			what: `The sample schemas could not be filled on ${target.host}:${target.port}.`,
			why: messageOf(error),
			fix: isAnswer
				? `The user ${target.user} needs CREATE, DROP, REFERENCES, SELECT and INSERT on both schemas.`
				: "The connection was lost: check that the server is running.",
			next: isAnswer ? "pipeline-cli source seed" : "pipeline-cli source up",
		},
		{ cause: error },
	);
}

/** There while the schemas are being filled; it stays where that was interrupted. */
function unfinishedMark(paths: LocalPaths): string {
	return join(paths.source, "seed.unfinished");
}

/** Of the private source only: on a server of the user's own nothing is ever dropped without --reset. */
async function wasInterrupted(paths: LocalPaths): Promise<boolean> {
	if (await isExternal(paths)) return false;
	try {
		await access(unfinishedMark(paths));
		return true;
	} catch {
		return false;
	}
}

async function isExternal(paths: LocalPaths): Promise<boolean> {
	return (await readSettings(paths))?.source.kind === "external";
}
