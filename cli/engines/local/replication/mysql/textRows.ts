import { outgoing } from "./command.ts";
import { ResultRows } from "./resultRows.ts";

const queryCommand = 0x03;

/**
 * Rows of a query in the text protocol: every value as the server prints it, its length before it.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset.html
 */
export class TextRows extends ResultRows {
	protected request(): ReturnType<typeof outgoing> {
		const text = Buffer.from(this.sql, "utf8");
		return outgoing(1 + text.length, (buffer, at) => {
			buffer.writeUInt8(queryCommand, at);
			text.copy(buffer, at + 1);
		});
	}
}
