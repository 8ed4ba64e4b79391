import { isLogging, log, millisecondsSince, shownStatement } from "../../../../common/log.ts";
import { coreOf } from "../../../mysql/core.ts";
import { addCommand, type Command, type outgoing, type Packet } from "./command.ts";
import type { Server } from "./server.ts";

const endMarker = 0xfe;
/** An end is shorter than any row that begins so. */
const endBytes = 9;

/** What is made of a row: a part of a buffer that is used again. @returns whether to wait until more is asked for. */
export type TakeRow = (buffer: Buffer, from: number, to: number) => boolean;

/** Rows of a query, as the bytes of their packets. Only as much comes as is taken. */
export abstract class ResultRows {
	protected readonly server: Server;
	protected readonly sql: string;
	readonly #start = performance.now();
	#take: TakeRow = () => true;
	#rows = 0;
	#held: Buffer | undefined;
	#begun = false;
	#ended = false;
	#failure: Error | undefined;
	#wake: () => void = () => undefined;

	constructor(server: Server, sql: string) {
		this.server = server;
		this.sql = sql;
	}

	/** The packet that asks for the rows. */
	protected abstract request(): ReturnType<typeof outgoing>;

	/**
	 * Gives rows to `take` until that says to wait.
	 * @returns whether there are no more.
	 * @throws what `take` throws, or where the server or the connection fails.
	 */
	async next(take: TakeRow, signal: AbortSignal): Promise<boolean> {
		this.#take = take;
		const { connection } = this.server;
		const held = this.#held;
		this.#held = undefined;
		if (held !== undefined && take(held, 0, held.length)) return false;
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

	/**
	 * Ends the query where it has not ended, so that the connection can take the next statement: what is not read holds the table's lock
	 * at the source. @param interrupt ends it at the source; where that cannot be, it is read to its end.
	 */
	async close(interrupt: () => Promise<void>): Promise<void> {
		if (this.#begun && !this.#ended && !this.isLost) {
			this.#take = () => false;
			const { connection } = this.server;
			const ended = new Promise<void>((resolve) => {
				this.#wake = resolve;
				connection.once("error", () => resolve());
			});
			coreOf(connection).resume();
			await interrupt().catch(() => undefined);
			if (!this.#ended) await ended;
		}
	}

	/** Whether the connection is of no use any more. */
	protected get isLost(): boolean {
		return (this.#failure as { fatal?: boolean } | undefined)?.fatal === true;
	}

	#fail(error: Error): void {
		this.#failure ??= error;
		this.#take = () => false;
		this.#wake();
	}

	#end(): true {
		this.#ended = true;
		if (isLogging()) {
			log({ event: "mysql", sql: shownStatement(this.sql), ms: millisecondsSince(this.#start), rows: this.#rows });
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
					connection.writePacket(this.request());
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
		coreOf(this.server.connection).pause();
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
