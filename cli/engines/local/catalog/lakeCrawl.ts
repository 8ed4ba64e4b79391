import { isDeepStrictEqual } from "node:util";
import { databaseName } from "../../../../etl/contract/contract.ts";
import { catalogForm } from "../../../../etl/contract/names.ts";
import { clickColumns } from "../../../../etl/definition/clicks.ts";
import { messageOf, PipelineError } from "../../../common/errors.ts";
import type { CatalogTable, Context, Crawlers } from "../../port.ts";
import { stackDefinition } from "../shared/definition.ts";
import type { LocalPaths } from "../shared/paths.ts";
import { type Catalog, type RegisteredTable, readCatalog, tableUri, writeCatalog } from "./catalogFile.ts";
import { sharedName, sharing } from "./givenNames.ts";
import { damagedTableFix, type FoundTable, findTables } from "./lakeTables.ts";
import type { Shape, ShapeReader } from "./shapeReader.ts";
import { tablePrint } from "./tablePrint.ts";

/** A table of the lake, its entry so far, and whether its files are those of the entry. */
interface Candidate {
	found: FoundTable;
	known: RegisteredTable | undefined;
	print: string;
	hasFiles: boolean;
}

/** What a crawl comes to. */
type Crawled = Awaited<ReturnType<Crawlers["crawl"]>>;

/** One crawl of the local lake into the local data catalog. */
export class LakeCrawl {
	readonly #paths: LocalPaths;

	constructor(paths: LocalPaths) {
		this.#paths = paths;
	}

	/**
	 * Reads the columns of every table whose files are others than those of its entry. A table that cannot be read keeps its entry
	 * while the others are registered; then the crawl fails naming it.
	 */
	async run(context: Context, update: (detail: string) => void = () => undefined): Promise<Crawled> {
		const { reporter, signal } = context;
		const before = await this.#catalogBefore((text) => reporter.warn(text));
		const known = new Map(before?.tables.map((table) => [table.name, table]));
		const clicks = clickColumns((await stackDefinition(this.#paths)).pipeline.clicks?.schema);
		const candidates: Candidate[] = [];
		for (const found of await findTables(this.#paths)) {
			const files = await tablePrint(found, found.format === "json" ? clicks : undefined, this.#paths);
			candidates.push({ found, known: known.get(found.name), ...files });
		}
		const failures: { table: string; error: unknown }[] = [];
		const tables: RegisteredTable[] = [];
		const register = async (reader?: ShapeReader): Promise<void> => {
			for (const [at, candidate] of candidates.entries()) {
				signal.throwIfAborted();
				const { name, format, zone, prefix, source } = candidate.found;
				update(`${at + 1} of ${candidates.length}: ${name}`);
				try {
					const shape = entryShape(candidate) ?? (await this.#read(candidate, reader));
					if (shape === undefined) continue;
					const other = tables.find((table) => table.name === name);
					if (other !== undefined) throw sameName(candidate.found, other);
					tables.push({ name, format, zone, prefix, ...shape, ...(source && { source }), print: candidate.print });
				} catch (error) {
					failures.push({ table: name, error });
					const entry = candidate.known;
					if (entry?.prefix === prefix && !tables.some((table) => table.name === entry.name)) tables.push(entry);
				}
			}
		};
		if (candidates.every((candidate) => !candidate.hasFiles || entryShape(candidate) !== undefined)) await register();
		else {
			// It loads a database, which a lake without news does not need.
			const { ShapeReader } = await import("./shapeReader.ts");
			await ShapeReader.with(this.#paths, clicks, context, register);
		}
		update(`${tables.length} tables`);
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

	/** @returns undefined where nothing is known of the table. */
	async #read({ found, known, hasFiles }: Candidate, reader: ShapeReader | undefined): Promise<Shape | undefined> {
		return hasFiles ? reader?.read(found, known) : found.shape;
	}

	/** A damaged catalog is rebuilt: all that it holds comes from the lake. */
	async #catalogBefore(warn: (text: string) => void): Promise<Catalog | undefined> {
		try {
			return await readCatalog(this.#paths);
		} catch (error) {
			if (!(error instanceof PipelineError)) throw error;
			warn(`${error.text.what} Rebuilding it.`);
			return undefined;
		}
	}

	#report(table: RegisteredTable, before: RegisteredTable | undefined): CatalogTable {
		const lowerCase = (columns: RegisteredTable["columns"]) =>
			columns.map(({ name, type }) => ({ name: name.toLowerCase(), type }));
		const rest = { print: "", readUntil: 0 };
		const unchanged = isDeepStrictEqual({ ...table, ...rest }, { ...before, ...rest });
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

/** What is registered, where the files are those that it was read from. */
function entryShape({ found, known, print }: Candidate): Shape | undefined {
	if (known === undefined || known.print !== print || known.prefix !== found.prefix) return undefined;
	const { columns, partitionKeys, readUntil } = known;
	return { columns, partitionKeys, ...(readUntil !== undefined && { readUntil }) };
}

/** A line for each name that no table has, since more than one would have it, where that is new. */
function qualifiedNames(tables: readonly RegisteredTable[], before: ReadonlyMap<string, RegisteredTable>): string[] {
	const fresh = tables.filter(({ name, source }) => source !== undefined && !before.has(name));
	const names = new Set(fresh.map(({ source }) => catalogForm(source?.table ?? "")));
	return [...names].flatMap((name) => {
		const sharers = sharing(name, tables);
		return sharers.length === 0 ? [] : [`${sharedName(name, sharers)} Give one of them an alias in pipeline.yaml.`];
	});
}

function sameName(one: FoundTable, other: RegisteredTable): Error {
	return new Error(
		`${one.zone}/${one.prefix} and ${other.zone}/${other.prefix} would have the same name: rename one of them`,
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
