import { randomBytes } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import type { DuckDBConnection } from "@duckdb/node-api";
import { type ErrorText, type Outcome, PipelineError } from "../../../common/errors.ts";
import { openDuckDb } from "../../duckdb/open.ts";
import { quoteName } from "../../duckdb/quote.ts";
import type { Context, QueryResult, Warehouse, WarehouseObject } from "../../port.ts";
import { type WarehouseView, warehouseSchemas, warehouseViews } from "../../shared/warehouseViews.ts";
import { type RegisteredTable, readCatalog } from "../catalog/catalogFile.ts";
import { damagedTableFix } from "../catalog/lakeTables.ts";
import { selectAll } from "../catalog/tableReader.ts";
import { ask, type LakeSession } from "../query/lakeSession.ts";
import { duckDbMessage, type UnknownTable } from "../query/sqlError.ts";
import { stackDefinition } from "../shared/definition.ts";
import type { LocalPaths } from "../shared/paths.ts";

/**
 * The warehouse of the local stack: one DuckDB file with views over the lake, for any DuckDB client. It holds no rows. An
 * Iceberg table is read from the data files that its snapshot had at the last `apply`: apply again after the jobs.
 */
export class LocalWarehouse implements Warehouse {
	readonly #paths: LocalPaths;

	constructor(paths: LocalPaths) {
		this.#paths = paths;
	}

	/**
	 * Makes a new file beside the old one and puts it in its place: a client that has the old one open is not disturbed
	 * and does not block, which it would if its file were written to (DuckDB lets one process write or many read).
	 */
	async apply(context: Context): Promise<WarehouseObject[]> {
		const catalog = await readCatalog(this.#paths);
		if (catalog === undefined) {
			throw new PipelineError("usage", {
				what: "The warehouse cannot be created: the catalog has no tables yet.",
				fix: "Register the tables of the lake.",
				next: "pipeline-cli crawl",
			});
		}
		const file = this.#paths.warehouse;
		const temporary = `${file}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
		try {
			const objects = await fill(temporary, catalog.tables, this.#paths, context);
			context.signal.throwIfAborted();
			await rename(temporary, file);
			return objects;
		} finally {
			await rm(temporary, { force: true });
			await rm(`${temporary}.wal`, { force: true });
		}
	}

	/** As on Redshift, where the external schema shows the lake as it is now, the views are brought up to date before. */
	async query(sql: string, context: Context): Promise<QueryResult> {
		const startedAt = performance.now();
		await this.apply(context);
		const session: LakeSession = {
			paths: this.#paths,
			signal: context.signal,
			file: this.#paths.warehouse,
			prepare: (connection) => connection.run(`SET search_path = '${warehouseSchemas.views},${warehouseSchemas.lake}'`),
			unknownTable: noSuchTable,
		};
		return ask(sql, session, startedAt);
	}
}

async function fill(
	file: string,
	tables: readonly RegisteredTable[],
	paths: LocalPaths,
	context: Context,
): Promise<WarehouseObject[]> {
	const { connection, close } = await openDuckDb(file);
	const objects: WarehouseObject[] = [];
	try {
		for (const schema of [warehouseSchemas.lake, warehouseSchemas.views]) {
			await connection.run(`CREATE SCHEMA ${schema}`);
			objects.push({ kind: "schema", name: schema });
		}
		for (const table of tables) {
			context.signal.throwIfAborted();
			await showTable(table, paths, connection);
			objects.push({ kind: "view", name: `${warehouseSchemas.lake}.${table.name}` });
		}
		const present = new Set(tables.map((table) => table.name));
		for (const view of warehouseViews(await stackDefinition(paths))) {
			const name = `${warehouseSchemas.views}.${view.name}`;
			const missing = tablesOf(view).filter((table) => !present.has(table));
			if (missing.length > 0) {
				context.reporter.warn(`Skipped ${name}: the catalog has no table ${missing.join(", ")} yet.`);
				continue;
			}
			await createView(name, view.select, connection).catch((error: unknown) => {
				throw asItWas("usage", error, {
					what: `The view ${name} cannot be created`,
					fix: `Correct its SQL in ${view.name}.sql, in the definition's views folder.`,
					next: "pipeline-cli warehouse apply",
				});
			});
			objects.push({ kind: "view", name });
		}
	} finally {
		close();
	}
	return objects;
}

async function createView(name: string, select: string, connection: DuckDBConnection): Promise<void> {
	await connection.run(`CREATE VIEW ${name} AS ${select}`);
}

/** A table of the catalog as a view; DuckDB looks at its files for that. */
async function showTable(table: RegisteredTable, paths: LocalPaths, connection: DuckDBConnection): Promise<void> {
	try {
		const name = `${warehouseSchemas.lake}.${quoteName(table.name)}`;
		await createView(name, await selectAll(table, paths, connection), connection);
	} catch (error) {
		throw asItWas("failure", error, {
			what: `The table ${table.name} cannot be read`,
			fix: damagedTableFix,
			next: "pipeline-cli run-etl",
		});
	}
}

/** Nothing has taken the warehouse's place. */
function asItWas(outcome: Outcome, error: unknown, text: ErrorText): PipelineError {
	if (error instanceof PipelineError) return error;
	const { what, ...rest } = text;
	const said = { what: `${what}; the warehouse was not changed.`, why: duckDbMessage(error), ...rest };
	return new PipelineError(outcome, said, { cause: error });
}

/** Tables of the lake that a view reads. */
function tablesOf(view: WarehouseView): string[] {
	const names = view.select.matchAll(new RegExp(`\\b${warehouseSchemas.lake}\\.([a-z0-9_]+)`, "g"));
	return [...new Set([...names].map((match) => match[1] ?? ""))];
}

function noSuchTable({ name, place }: UnknownTable): PipelineError {
	return new PipelineError("usage", {
		what: `There is no table or view ${name} in the warehouse.`,
		why: place,
		fix: "List the tables and views.",
		next: "pipeline-cli warehouse apply",
	});
}
