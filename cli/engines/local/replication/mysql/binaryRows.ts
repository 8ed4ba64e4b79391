import type { ResultColumn } from "../model/resultColumn.ts";
import { outgoing } from "./command.ts";
import { ResultRows } from "./resultRows.ts";
import type { Server } from "./server.ts";

const executeCommand = 0x17;

/** What mysql2 knows of a prepared statement, and its types do not show. */
interface Prepared {
	statement: { id: number; columns: readonly ResultColumn[] };
}

/**
 * Rows of a query in the binary protocol, which costs half of the text protocol's time at both ends and has FLOAT and DOUBLE bit for
 * bit. https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
 */
export class BinaryRows extends ResultRows {
	readonly columns: readonly ResultColumn[];
	readonly #prepared: Prepared;

	private constructor(server: Server, sql: string, prepared: Prepared) {
		super(server, sql);
		this.#prepared = prepared;
		this.columns = prepared.statement.columns;
	}

	static async prepare(server: Server, sql: string): Promise<BinaryRows> {
		return new BinaryRows(server, sql, (await server.connection.prepare(sql)) as unknown as Prepared);
	}

	override async close(interrupt: () => Promise<void>): Promise<void> {
		await super.close(interrupt);
		if (!this.isLost) this.server.connection.unprepare(this.sql);
	}

	/** Without a cursor, once. */
	protected request(): ReturnType<typeof outgoing> {
		return outgoing(10, (buffer, at) => {
			buffer.writeUInt8(executeCommand, at);
			buffer.writeUInt32LE(this.#prepared.statement.id, at + 1);
			buffer.writeUInt8(0, at + 5);
			buffer.writeUInt32LE(1, at + 6);
		});
	}
}
