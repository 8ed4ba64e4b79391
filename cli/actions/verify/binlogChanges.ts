import type { TableName } from "../../../etl/contract/pipeline/values.ts";
import { errorCode, PipelineError } from "../../common/errors.ts";
import type { SourceConnection } from "../../engines/port.ts";

/** A place in the binary log. */
export interface BinlogPlace {
	file: string;
	position: number;
}

/** Events that are read by one statement. */
const page = 2000;

/** The end of the binary log now. */
export async function binlogEnd(connection: SourceConnection): Promise<BinlogPlace> {
	const [row] = await connection.query("SHOW BINARY LOG STATUS").catch((error: unknown) => {
		// The older name of it; MySQL 8.4 has only the newer one.
		if (errorCode(error) !== "ER_PARSE_ERROR") throw error;
		return connection.query("SHOW MASTER STATUS");
	});
	if (row === undefined) {
		throw new PipelineError("failure", {
			what: "The source does not write a binary log, so changes cannot be tracked.",
			fix: "Add log-bin = log to my.cnf and restart the server; on RDS, set a retention for automated backups.",
			next: "pipeline-cli doctor",
		});
	}
	return { file: String(row.File), position: Number(row.Position) };
}

/**
 * Which of some tables changed since a place in the binary log.
 * @returns the place up to which was read. `isKnown` is false where compressed transactions hide their tables.
 */
export async function changedSince(
	connection: SourceConnection,
	from: BinlogPlace,
	tables: readonly TableName[],
): Promise<{ end: BinlogPlace; changed: TableName[]; isKnown: boolean }> {
	const byText = new Map(tables.map((table) => [`${table.schema}.${table.table}`, table]));
	const changed = new Set<TableName>();
	const end = { ...from };
	let isKnown = true;
	for (;;) {
		const events = await connection.query(`SHOW BINLOG EVENTS IN ? FROM ${end.position} LIMIT ${page}`, [end.file]);
		let next: string | undefined;
		for (const { Event_type: type, Info: info, End_log_pos: position } of events) {
			if (type === "Table_map") {
				const table = byText.get(/\((.*)\)$/s.exec(String(info))?.[1] ?? "");
				if (table !== undefined) changed.add(table);
			}
			if (type === "Transaction_payload") isKnown = false;
			if (type === "Rotate") next = /^(.+?);\s*pos=\d+/.exec(String(info))?.[1];
			else if (Number(position) > end.position) end.position = Number(position);
		}
		if (next !== undefined) Object.assign(end, { file: next, position: 4 });
		else if (events.length < page) return { end, changed: [...changed], isKnown };
	}
}
