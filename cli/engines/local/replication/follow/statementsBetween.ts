import type { SourceAccess } from "../../../mysql/access.ts";
import { BinlogStream } from "../binlog/binlogStream.ts";
import { parseStatement, type Statement } from "../ddl/statement.ts";
import { comparePositions, type Position } from "../model/position.ts";
import type { StoredName } from "../model/storedName.ts";

const patienceMs = 1_000;

/**
 * Statements of the binlog from one position to another that the source has; rows are not read.
 * @param serverId another one than that of a stream which continues beside it.
 * @throws what broke the connection, or the reason of `stop`.
 */
export async function statementsBetween(
	access: SourceAccess,
	serverId: number,
	stored: StoredName,
	from: Position,
	to: Position,
	stop: AbortSignal,
): Promise<Statement[]> {
	const statements: Statement[] = [];
	if (comparePositions(from, to) >= 0) return statements;
	const stream = new BinlogStream(access, serverId, () => false, from);
	try {
		for (let at = from; ; ) {
			stop.throwIfAborted();
			for (const event of await stream.take(patienceMs)) {
				if (event.kind === "rotate") at = event.position;
				else if (event.next > 0) at = { file: at.file, offset: event.next };
				const passed = comparePositions(at, to);
				if (event.kind === "query" && passed <= 0)
					statements.push(parseStatement(event.sql, event.schema, stored, event.sqlMode));
				if (passed >= 0) return statements;
			}
		}
	} finally {
		await stream.close();
	}
}
