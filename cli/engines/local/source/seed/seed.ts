import { access, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "mysql2/promise";
import { PipelineError } from "../../../../errors.ts";
import type { Context } from "../../../port.ts";
import { writeFileAtomic } from "../../files.ts";
import { type LocalPaths, localPaths } from "../../paths.ts";
import { readSettings, sourceAccess } from "../../settings.ts";
import { openClient } from "../connection.ts";
import { quoteName } from "../server.ts";
import { classicmodelsRows } from "./classicmodels.ts";
import { classicmodelsTables } from "./classicmodelsTables.ts";
import { type SeedRow, type SeedSize, seedSize, type Value } from "./rows.ts";
import { collation, type SeedTable } from "./tables.ts";
import { wordpressRows } from "./wordpress.ts";
import { wordpressTables } from "./wordpressTables.ts";

export interface SampleSchema {
	schema: string;
	/** Parents before their children. */
	tables: readonly SeedTable[];
	rows: (seed: number, size: SeedSize) => Generator<SeedRow>;
}

/** The sample schemas. */
export const sampleSchemas: readonly SampleSchema[] = [
	{ schema: "wordpress-db", tables: wordpressTables, rows: wordpressRows },
	{ schema: "classicmodels", tables: classicmodelsTables, rows: classicmodelsRows },
];

export interface SeedOptions {
	seed: number;
	scale: number;
	/** Drops the sample tables first. */
	reset?: boolean;
	/** The user agreed that a server of their own is written to. */
	yes?: boolean;
}

export interface SeedResult {
	schemas: { schema: string; tables: number; rows: number }[];
	seconds: number;
}

/** Rows of one INSERT, and of one transaction. */
const insertRows = 1000;
const transactionRows = 50_000;

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
	if ((await readSettings(paths))?.source.kind === "external" && options.yes !== true) {
		throw new PipelineError("usage", {
			what: `Nothing was written to ${target.host}:${target.port}.`,
			why: "It is a server of your own, and the sample schemas would be created on it.",
			fix: "Pass --yes where you mean it.",
			next: "pipeline-cli source seed --yes",
		});
	}
	const client = await openClient(target);
	try {
		// WordPress has zero dates, which MySQL's default mode refuses.
		await client.query("SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'");
		// A seeding that was interrupted left half of the data, which is dropped like a reset.
		if (options.reset !== true && !(await isUnfinished(paths))) await refuseExisting(client);
		await writeFileAtomic(unfinishedMark(paths), "");
		const result: SeedResult = { schemas: [], seconds: 0 };
		for (const sample of sampleSchemas) {
			await context.reporter.task(`Fill ${sample.schema}`, async (update) => {
				await createTables(client, sample);
				const rows = await fill(client, sample, options, context.signal, update);
				result.schemas.push({ schema: sample.schema, tables: sample.tables.length, rows });
				update(`${rows} rows`);
			});
		}
		await rm(unfinishedMark(paths), { force: true });
		return { ...result, seconds: (Date.now() - beganAt) / 1000 };
	} finally {
		await client.end();
	}
}

/** @returns schemas of the samples that are there and whole, on the source of the stack. */
export async function existingSamples(paths: LocalPaths = localPaths()): Promise<string[]> {
	if (await isUnfinished(paths)) return [];
	const client = await openClient(await sourceAccess(paths));
	try {
		return await schemasWithTables(client);
	} finally {
		await client.end();
	}
}

async function schemasWithTables(client: Connection): Promise<string[]> {
	const found: string[] = [];
	for (const { schema, tables } of sampleSchemas) {
		const [rows] = await client.query(
			"SELECT COUNT(*) AS count FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME IN (?)",
			[schema, tables.map((table) => table.name)],
		);
		if (Number((rows as { count: unknown }[])[0]?.count) > 0) found.push(schema);
	}
	return found;
}

function unfinishedMark(paths: LocalPaths): string {
	return join(paths.source, "seed.unfinished");
}

async function isUnfinished(paths: LocalPaths): Promise<boolean> {
	try {
		await access(unfinishedMark(paths));
		return true;
	} catch {
		return false;
	}
}

async function refuseExisting(client: Connection): Promise<void> {
	const existing = await schemasWithTables(client);
	if (existing.length === 0) return;
	throw new PipelineError("usage", {
		what: `There are sample tables already, in ${existing.join(" and ")}.`,
		fix: "Keep them, or drop and fill them anew with --reset. A replication that runs follows.",
		next: "pipeline-cli source seed --reset",
	});
}

async function createTables(client: Connection, { schema, tables }: SampleSchema): Promise<void> {
	await client.query(`CREATE DATABASE IF NOT EXISTS ${quoteName(schema)} CHARACTER SET utf8mb4 COLLATE ${collation}`);
	await client.query(`USE ${quoteName(schema)}`);
	for (const table of [...tables].reverse()) await client.query(`DROP TABLE IF EXISTS ${quoteName(table.name)}`);
	for (const table of tables) await client.query(table.create);
}

async function fill(
	client: Connection,
	sample: SampleSchema,
	options: SeedOptions,
	signal: AbortSignal,
	update: (detail: string) => void,
): Promise<number> {
	const pending = new Map(sample.tables.map((table) => [table.name, [] as (readonly Value[])[]]));
	let rows = 0;
	let uncommitted = 0;
	/** Parents first: a child row is never sent before the row that it refers to. */
	const flush = async (): Promise<void> => {
		for (const table of sample.tables) {
			const batch = pending.get(table.name)?.splice(0) ?? [];
			if (batch.length === 0) continue;
			const columns = table.columns.map(quoteName).join(", ");
			await client.query(`INSERT INTO ${quoteName(table.name)} (${columns}) VALUES ?`, [batch]);
			uncommitted += batch.length;
		}
		if (uncommitted < transactionRows) return;
		await client.commit();
		await client.beginTransaction();
		uncommitted = 0;
	};
	await client.beginTransaction();
	for (const row of sample.rows(options.seed, seedSize(options.scale))) {
		const batch = pending.get(row.table);
		if (batch === undefined)
			throw new Error(`the sample data has rows of ${row.table}, which is no table of ${sample.schema}`);
		batch.push(row.values);
		rows += 1;
		if (batch.length < insertRows) continue;
		signal.throwIfAborted();
		await flush();
		update(`${rows} rows`);
	}
	await flush();
	await client.commit();
	return rows;
}
