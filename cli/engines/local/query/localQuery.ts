import type { DuckDBConnection } from "@duckdb/node-api";
import { currentTableOf, databaseName } from "../../../../etl/contract/contract.ts";
import { nearNames } from "../../../../etl/contract/pipeline/nearNames.ts";
import { messageOf, PipelineError } from "../../../common/errors.ts";
import { quoteName } from "../../duckdb/quote.ts";
import type { Context, Query, QueryResult } from "../../port.ts";
import { type RegisteredTable, readCatalog } from "../catalog/catalogFile.ts";
import { sharedName, sharing } from "../catalog/givenNames.ts";
import { damagedTableFix } from "../catalog/lakeTables.ts";
import { selectAll, selectFailure } from "../catalog/tableReader.ts";
import type { LocalPaths } from "../shared/paths.ts";
import { functionsFor } from "./athenaFunctions.ts";
import { ask, type LakeSession } from "./lakeSession.ts";
import { duckDbMessage, type UnknownTable } from "./sqlError.ts";

const database = databaseName("local");

/** SQL over the local data catalog, by DuckDB in process, in which Athena's functions mean what they mean there. Column types are named as in the catalog. */
export class LocalQuery implements Query {
	readonly #paths: LocalPaths;

	constructor(paths: LocalPaths) {
		this.#paths = paths;
	}

	async run(sql: string, { signal }: Context): Promise<QueryResult> {
		const startedAt = performance.now();
		const tables = (await readCatalog(this.#paths))?.tables;
		const failures = new Map<string, unknown>();
		const session: LakeSession = {
			paths: this.#paths,
			signal,
			prepare: async (connection) => {
				await connection.run(`CREATE SCHEMA ${quoteName(database)}`);
				await connection.run(`SET schema = ${quoteName(database)}`);
				for (const table of tables ?? []) await this.#addView(table, sql, connection, failures);
				for (const macro of functionsFor(sql)) await connection.run(macro);
				await connection.run("SET integer_division = true");
			},
			unknownTable: (table) => noSuchTable(table, tables),
			explain: (error) => failureOfTable(error, failures) ?? failureOfFile(error, this.#paths),
		};
		return ask(sql, session, startedAt);
	}

	/**
	 * Every table is a view, for SHOW TABLES and the like. Only those whose names occur in the statement are opened. (DuckDB's
	 * own list of a statement's tables is empty for NATURAL JOIN and PIVOT, so words are compared: one too many
	 * costs a millisecond.) A table that cannot be opened, or was not, fails when its rows are asked for.
	 */
	async #addView(
		table: RegisteredTable,
		sql: string,
		connection: DuckDBConnection,
		failures: Map<string, unknown>,
	): Promise<void> {
		const create = (select: string) => connection.run(`CREATE VIEW ${quoteName(table.name)} AS ${select}`);
		let failure: unknown = new PipelineError("usage", {
			what: `The statement reads ${table.name}, but does not name it.`,
			fix: "Write table names literally.",
		});
		if (new RegExp(`(?<![a-z0-9_])${table.name}(?![a-z0-9_])`).test(sql.toLowerCase())) {
			try {
				await create(await selectAll(table, this.#paths, connection));
				return;
			} catch (error) {
				failure = error;
			}
		}
		failures.set(failureMark(table.name), failure);
		await create(selectFailure(table, failureMark(table.name)));
	}
}

function failureMark(table: string): string {
	return `table ${table} is not open`;
}

/** The error of the table that a statement failed at. */
function failureOfTable(error: unknown, failures: ReadonlyMap<string, unknown>): PipelineError | undefined {
	const message = duckDbMessage(error);
	for (const [mark, failure] of failures) {
		if (!message.includes(mark)) continue;
		if (failure instanceof PipelineError) return failure;
		return new PipelineError("failure", {
			what: `A table cannot be read: ${messageOf(failure)}`,
			fix: fixOf(messageOf(failure)),
			next: "pipeline-cli run-etl",
		});
	}
	return undefined;
}

/** In DuckDB's words: a file is gone; a file is cut short, or holds something else. */
const gone = /no files found|cannot open file/i;
const damage = /no magic bytes|too small to be|not a gzip stream/i;

/** Batches of a change log are compacted, and hours of clicks rewritten, beside those who read them. */
function fixOf(why: string): string {
	if (!gone.test(why)) return damagedTableFix;
	return `Run the query again: a job may have replaced the file while the query read it. If it is still missing: ${damagedTableFix}`;
}

/** The error of a data file that a statement could not read. (Of damaged click files there are readable copies.) */
function failureOfFile(error: unknown, { raw, processed }: LocalPaths): PipelineError | undefined {
	const [why = ""] = duckDbMessage(error).split("\n\nLINE ");
	const [, quoted, last] = /["'](\/[^"']+)["']|: (\/.+)$/.exec(why) ?? [];
	const path = quoted ?? last;
	if (path === undefined || !(gone.test(why) || damage.test(why))) return undefined;
	if (path.startsWith(`${raw}/`)) {
		return new PipelineError("failure", {
			what: `A click file was removed or changed while the query read it: ${path}`,
			why,
			fix: "Run the query again. Programs that deliver clicks should write each file elsewhere, then move it into the lake.",
		});
	}
	if (!path.startsWith(`${processed}/`)) return undefined;
	return new PipelineError("failure", {
		what: `A file of the lake cannot be read: ${path}`,
		why,
		fix: fixOf(why),
		next: "pipeline-cli run-etl",
	});
}

function noSuchTable({ name, place }: UnknownTable, tables: readonly RegisteredTable[] | undefined): PipelineError {
	if (tables === undefined) {
		return new PipelineError("usage", {
			what: `There is no table ${name}: nothing has been crawled yet.`,
			why: place,
			fix: "Register the tables of the lake.",
			next: "pipeline-cli crawl",
		});
	}
	const own = (name.split(".").at(-1) ?? name).toLowerCase();
	const sharers = sharing(currentTableOf(own) ?? own, tables);
	if (sharers.length > 0) {
		return new PipelineError("usage", {
			what: sharedName(currentTableOf(own) ?? own, sharers),
			why: place,
			fix: "Use one of these names. To give a table the short name, or another one, set its alias in pipeline.yaml.",
			next: "pipeline-cli run-etl",
		});
	}
	const near = nearNames(
		name.split(".").at(-1) ?? name,
		tables.map((table) => table.name),
	);
	return new PipelineError("usage", {
		what: `There is no table ${name}.${near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`}`,
		why: place,
		fix: `List the ${tables.length} tables with pipeline-cli query "SHOW TABLES". To register new tables, crawl.`,
		next: "pipeline-cli crawl",
	});
}
