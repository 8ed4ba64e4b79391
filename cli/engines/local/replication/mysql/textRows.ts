import { isLogging, log, millisecondsSince, shownStatement } from "../../../../common/log.ts";
import { coreOf } from "../../../mysql/open.ts";
import { addCommand, type Command, outgoing, type Packet } from "./command.ts";
import type { Server } from "./server.ts";

const queryCommand = 0x03;
const endMarker = 0xfe;
/** An end is shorter than any row that begins so. */
const endBytes = 9;

/** Takes a row: a part of a buffer that is used again. @returns whether to wait until more is asked for. */
export type TakeTextRow = (buffer: Buffer, from: number, to: number) => boolean;

/**
 * Rows of a query in the text protocol: every value as the server prints it, its length before it.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset.html
 */
export class TextRows {
	readonly #server: Server;
	readonly #sql: string;
	readonly #start = performance.now();
	#take: TakeTextRow = () => true;
	#rows = 0;
	#held: Buffer | undefined;
	#begun = false;
	#ended = false;
	#failure: Error | undefined;
	#wake: () => void = () => undefined;

	constructor(server: Server, sql: string) {
		this.#server = server;
		this.#sql = sql;
	}

	/**
	 * Gives rows to `take` until that says to wait.
	 * @returns whether there are no more.
	 * @throws what `take` throws, or where the server or the connection fails; the connection is of no use then.
	 */
	async next(take: TakeTextRow, signal: AbortSignal): Promise<boolean> {
		this.#take = take;
		const held = this.#held;
		this.#held = undefined;
		if (held !== undefined && take(held, 0, held.length)) return false;
		const { connection } = this.#server;
		const woken = new Promise<void>((resolve) => {
			this.#wake = resolve;
		});
		const onError = (error: Error): void => this.#fail(error);
		const onAbort = (): void => this.#fail(signal.reason as Error);
		// A lost connection is reported on the connection, not on the command.
		connection.on("error", onError);
		signal.addEventListener("abort", onAbort);
		try {
			signal.throwIfAborted();
			if (this.#begun) coreOf(connection).resume();
			else addCommand(connection, this.#execute());
			this.#begun = true;
			if (!this.#ended && this.#failure === undefined) await woken;
		} finally {
			connection.off("error", onError);
			signal.removeEventListener("abort", onAbort);
		}
		if (this.#failure !== undefined) throw this.#failure;
		return this.#ended;
	}

	/** Gives a row once more, before those that follow. */
	putBack(row: Buffer): void {
		this.#held = row;
	}

	#fail(error: Error): void {
		this.#failure ??= error;
		this.#take = () => false;
		this.#wake();
	}

	#end(): true {
		this.#ended = true;
		if (isLogging()) {
			log({ event: "mysql", sql: shownStatement(this.#sql), ms: millisecondsSince(this.#start), rows: this.#rows });
		}
		this.#wake();
		return true;
	}

	#execute(): Command {
		// Packets before the rows: the number of columns, their definitions, an end.
		let before: number | undefined;
		return {
			execute: (packet, connection) => {
				if (packet === undefined) {
					connection._resetSequenceId();
					const text = Buffer.from(this.#sql, "utf8");
					connection.writePacket(
						outgoing(1 + text.length, (buffer, at) => {
							buffer.writeUInt8(queryCommand, at);
							text.copy(buffer, at + 1);
						}),
					);
					return false;
				}
				if (packet.isError()) {
					this.#fail(packet.asError(connection.clientEncoding));
					return this.#end();
				}
				if (before === undefined) {
					before = lengthAt(packet.buffer, packet.offset).length + 1;
					return false;
				}
				if (before > 0) {
					before -= 1;
					return false;
				}
				if (isEnd(packet)) return this.#end();
				this.#row(packet);
				return false;
			},
			onResult: (error) => this.#fail(error),
		};
	}

	#row({ buffer, offset, end }: Packet): void {
		this.#rows += 1;
		try {
			if (!this.#take(buffer, offset, end)) return;
		} catch (error) {
			this.#fail(error as Error);
			return;
		}
		coreOf(this.#server.connection).pause();
		this.#wake();
	}
}

/** An integer of the protocol that stands before a value, and where the value begins. */
export function lengthAt(buffer: Buffer, at: number): { length: number; next: number } {
	const first = buffer[at] as number;
	if (first < 0xfb) return { length: first, next: at + 1 };
	if (first === 0xfc) return { length: buffer.readUInt16LE(at + 1), next: at + 3 };
	if (first === 0xfd) return { length: buffer.readUIntLE(at + 1, 3), next: at + 4 };
	return { length: Number(buffer.readBigUInt64LE(at + 1)), next: at + 9 };
}

function isEnd({ buffer, offset, end }: Packet): boolean {
	return buffer[offset] === endMarker && end - offset < endBytes;
}
