import { isDeepStrictEqual } from "node:util";
import type { DuckDBConnection } from "@duckdb/node-api";
import { batchKeys, databaseName } from "../../../../etl/contract/contract.ts";
import { catalogForm } from "../../../../etl/contract/names.ts";
import { clickColumns } from "../../../../etl/definition/clicks.ts";
import { messageOf, PipelineError } from "../../../common/errors.ts";
import { fromDuckDb } from "../../duckdb/columnTypes.ts";
import { withDuckDb } from "../../duckdb/session.ts";
import type { CatalogTable, Context, Crawlers } from "../../port.ts";
import { stackDefinition } from "../shared/definition.ts";
import { type LocalPaths, lakeAccess } from "../shared/paths.ts";
import { type Catalog, type RegisteredTable, readCatalog, tableFolder, tableUri, writeCatalog } from "./catalogFile.ts";
import { readableClickFiles } from "./clickFiles.ts";
import { hourKeys, newColumns } from "./clickTable.ts";
import { batchKey } from "./emptyLogs.ts";
import { sharedName, sharing } from "./givenNames.ts";
import { readIcebergTable } from "./icebergTable.ts";
import { filesBelow, hiveKeys } from "./lakeFolders.ts";
import { damagedTableFix, type FoundTable, findTables } from "./lakeTables.ts";
import { describe, jsonEndings, parquetEndings, parquetRelation } from "./tableReader.ts";

type Shape = Pick<RegisteredTable, "columns" | "partitionKeys">;

/** What a crawl comes to. */
type Crawled = Awaited<ReturnType<Crawlers["crawl"]>>;

/** One crawl of the local lake into the local data catalog. */
export class LakeCrawl {
	readonly #paths: LocalPaths;

	constructor(paths: LocalPaths) {
		this.#paths = paths;
	}

	/**
	 * Reads every table's columns. A table that cannot be read keeps its entry while the others are registered; then the
	 * crawl fails naming it.
	 */
	async run({ reporter, signal }: Context, update: (detail: string) => void = () => undefined): Promise<Crawled> {
		const before = await this.#catalogBefore((text) => reporter.warn(text));
		const known = new Map(before?.tables.map((table) => [table.name, table]));
		const found = await findTables(this.#paths);
		const failures: { table: string; error: unknown }[] = [];
		const tables: RegisteredTable[] = [];
		await withDuckDb(lakeAccess(this.#paths), signal, async (connection) => {
			for (const [at, candidate] of found.entries()) {
				signal.throwIfAborted();
				update(`${at + 1} of ${found.length}: ${candidate.name}`);
				try {
					const shape = await this.#shapeOf(candidate, known.get(candidate.name), connection);
					const { name, format, zone, prefix, source } = candidate;
					if (shape === undefined) continue;
					const other = tables.find((table) => table.name === name);
					if (other !== undefined) throw sameName(candidate, other);
					tables.push({ name, format, zone, prefix, ...shape, ...(source && { source }) });
				} catch (error) {
					failures.push({ table: candidate.name, error });
					const entry = known.get(candidate.name);
					if (entry?.prefix === candidate.prefix && !tables.some(({ name }) => name === entry.name)) tables.push(entry);
				}
			}
			update(`${tables.length} tables`);
		});
		for (const text of qualifiedNames(tables, known)) reporter.note(text);
		const catalog: Catalog = { version: 1, database: databaseName("local"), tables };
		await writeCatalog(catalog, before, this.#paths);
		if (failures.length > 0) throw unreadable(failures);
		const names = new Set(tables.map((table) => table.name));
		return {
			database: catalog.database,
			tables: tables.map((table) => this.#report(table, known.get(table.name))),
			removed: [...known.keys()].filter((name) => !names.has(name)),
		};
	}

	/** A damaged catalog is rebuilt: all that it holds comes from the lake. */
	async #catalogBefore(warn: (text: string) => void): Promise<Catalog | undefined> {
		try {
			return await readCatalog(this.#paths);
		} catch (error) {
			if (!(error instanceof PipelineError)) throw error;
			warn(`${error.text.what} It is rebuilt.`);
			return undefined;
		}
	}

	/** @returns undefined where nothing is known of the table: its folder holds no file, or no row. */
	async #shapeOf(
		found: FoundTable,
		known: RegisteredTable | undefined,
		connection: DuckDBConnection,
	): Promise<Shape | undefined> {
		const folder = tableFolder({ ...found, columns: [], partitionKeys: [] }, this.#paths);
		if (found.format === "iceberg") {
			const { columns } = await readIcebergTable(folder);
			return { columns: columns.map(({ name, type }) => ({ name, type })), partitionKeys: [] };
		}
		const files = await filesBelow(folder, found.format === "json" ? jsonEndings : parquetEndings);
		const [first] = files;
		if (first === undefined) return found.shape;
		if (found.format === "json") {
			const columns = await this.#clickColumns(files, known?.format === "json" ? known.columns : [], connection);
			return columns.length === 0 ? undefined : { columns, partitionKeys: hourKeys };
		}
		if (found.source !== undefined) {
			const all = await describe(connection, parquetRelation(files, [{ name: batchKeys.own, type: "int" }]));
			const columns = all
				.filter(({ name }) => name !== batchKeys.own)
				.map(({ name, type }) => ({ name, type: fromDuckDb(type) }));
			return { columns, partitionKeys: [{ name: batchKey(columns), type: "int" }] };
		}
		const partitionKeys = hiveKeys(folder, first).map((name) => ({ name, type: "string" }));
		const keys = new Set(partitionKeys.map(({ name }) => name));
		const columns = (await describe(connection, parquetRelation(files, partitionKeys)))
			.filter(({ name }) => !keys.has(name))
			.map(({ name, type }) => ({ name, type: fromDuckDb(type) }));
		return { columns, partitionKeys };
	}

	/** The definition's columns, then those of earlier crawls, with their types, then what else the clicks have. */
	async #clickColumns(
		files: readonly string[],
		known: Shape["columns"],
		connection: DuckDBConnection,
	): Promise<Shape["columns"]> {
		const declared = clickColumns((await stackDefinition(this.#paths)).pipeline.clicks?.schema);
		const names = new Set([...declared, ...hourKeys].map(({ name }) => name.toLowerCase()));
		const kept = [...declared, ...known.filter(({ name }) => !names.has(name.toLowerCase()))];
		const readable = await readableClickFiles(files, this.#paths);
		return readable.length === 0 ? kept : [...kept, ...(await newColumns(connection, readable, kept))];
	}

	#report(table: RegisteredTable, before: RegisteredTable | undefined): CatalogTable {
		const lowerCase = (columns: RegisteredTable["columns"]) =>
			columns.map(({ name, type }) => ({ name: name.toLowerCase(), type }));
		const unchanged = isDeepStrictEqual(table, before);
		return {
			name: table.name,
			format: table.format,
			location: tableUri(table, this.#paths),
			columns: lowerCase(table.columns),
			partitionKeys: lowerCase(table.partitionKeys),
			change: before === undefined ? "added" : unchanged ? "unchanged" : "updated",
		};
	}
}

/** A line for each name that no table has, since more than one would have it, where that is new. */
function qualifiedNames(tables: readonly RegisteredTable[], before: ReadonlyMap<string, RegisteredTable>): string[] {
	const fresh = tables.filter(({ name, source }) => source !== undefined && !before.has(name));
	const names = new Set(fresh.map(({ source }) => catalogForm(source?.table ?? "")));
	return [...names].flatMap((name) => {
		const sharers = sharing(name, tables);
		return sharers.length === 0
			? []
			: [`${sharedName(name, sharers)} An alias in pipeline.yaml gives one another name.`];
	});
}

function sameName(one: FoundTable, other: RegisteredTable): Error {
	return new Error(
		`${one.zone}/${one.prefix} would have the name of ${other.zone}/${other.prefix}: give one of them another name`,
	);
}

function unreadable(failures: readonly { table: string; error: unknown }[]): PipelineError {
	return new PipelineError(
		"failure",
		{
			what: `These tables could not be read: ${failures.map(({ table }) => table).join(", ")}. The others are registered.`,
			why: failures.map(({ table, error }) => `${table}: ${messageOf(error)}`).join("\n"),
			fix: damagedTableFix,
			next: "pipeline-cli run-etl",
		},
		{ cause: failures[0]?.error },
	);
}
