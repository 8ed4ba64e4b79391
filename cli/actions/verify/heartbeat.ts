import type { TableName } from "../../../etl/contract/pipeline/values.ts";
import { errorCode, messageOf, PipelineError } from "../../common/errors.ts";
import { qualifiedName, quoteAccount } from "../../engines/mysql/quote.ts";
import type { SourceConnection } from "../../engines/port.ts";
import { columnsOf } from "./sourceRows.ts";

/** Columns that are written, read and compared: a whole number, a time, texts and a decimal. */
export const heartbeatColumns = ["id", "beat_at", "marker", "amount", "note"] as const;
export const heartbeatKey = "id";
export const heartbeatMarker = "marker";

/** A row: what a quote, a line end or a letter beyond ASCII could break on the way is in it. */
export function heartbeatValues(marker: string): readonly unknown[] {
	return [
		null,
		new Date().toISOString().replace("T", " ").replace("Z", ""),
		marker,
		"-1234.50",
		`"quoted", it's two\nlines, ü €`,
	];
}

/** The table of heartbeats, as a DBA makes it. */
export function heartbeatDdl(table: TableName): string {
	return [
		`CREATE TABLE IF NOT EXISTS ${qualifiedName(table)} (`,
		"  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,",
		"  beat_at DATETIME(6) NOT NULL,",
		"  marker VARCHAR(64) NOT NULL UNIQUE,",
		"  amount DECIMAL(12, 2) NOT NULL,",
		"  note VARCHAR(200) NOT NULL",
		") ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;",
	].join("\n");
}

/** What the source's user needs to write rows of a table, and to take them back. */
export async function writeGrant(source: SourceConnection, table: TableName): Promise<string> {
	const [row] = await source.query("SELECT CURRENT_USER() AS account");
	return `GRANT SELECT, INSERT, DELETE ON ${qualifiedName(table)} TO ${quoteAccount(String(row?.account))};`;
}

/**
 * Makes sure that the table of heartbeats is there.
 * @param create makes it where it is missing.
 * @param beforeMaking throws where it would be of no use.
 * @returns whether it was made.
 * @throws PipelineError with the DDL and the grant, for who may run them.
 */
export async function openHeartbeat(
	source: SourceConnection,
	table: TableName,
	create: boolean,
	beforeMaking: () => void,
): Promise<boolean> {
	const found = (await columnsOf(source, table)).map(({ name }) => name.toLowerCase());
	const name = `${table.schema}.${table.table}`;
	if (found.length > 0) {
		const missing = heartbeatColumns.filter((column) => !found.includes(column));
		if (missing.length === 0) return false;
		throw new PipelineError("usage", {
			what: `The table ${name} is not a heartbeat table.`,
			why: `It has no column ${missing.join(", ")}.`,
			fix: `Set verify.table in pipeline.yaml to another table, or list the rows to write in verify.rows. A heartbeat table is created by:\n${heartbeatDdl(table)}`,
			next: "pipeline-cli verify-cdc",
		});
	}
	beforeMaking();
	const statements = `${heartbeatDdl(table)}\n${await writeGrant(source, table)}`;
	if (!create) {
		throw new PipelineError("usage", {
			what: `The heartbeat table ${name} does not exist at the source, or the source's user has no privilege on it.`,
			fix: `Create it with verify-cdc --create, or ask a database administrator to run:\n${statements}`,
			next: "pipeline-cli verify-cdc --create",
		});
	}
	try {
		await source.query(heartbeatDdl(table));
	} catch (error) {
		if (!isRefused(error)) throw error;
		throw new PipelineError(
			"usage",
			{
				what: `The source's user may not create the table ${name}.`,
				why: messageOf(error),
				fix: `Ask a database administrator to run:\n${statements}`,
				next: "pipeline-cli verify-cdc",
			},
			{ cause: error },
		);
	}
	return true;
}

/** Whether the server refused a statement for lack of a privilege. */
export function isRefused(error: unknown): boolean {
	return ["ER_TABLEACCESS_DENIED_ERROR", "ER_DBACCESS_DENIED_ERROR", "ER_COLUMNACCESS_DENIED_ERROR"].includes(
		errorCode(error) ?? "",
	);
}
