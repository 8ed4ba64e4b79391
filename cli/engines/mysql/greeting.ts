import type { Socket } from "node:net";

/** What accepts connections at an address does not greet as a MySQL server does. */
export class NoGreeting extends Error {
	readonly code = "NO_GREETING";
	/** As of a connection that cannot be used any more. */
	readonly fatal = true;
	/** Whether it sent something that no MySQL server sends. */
	readonly isForeign: boolean;

	constructor(message: string, isForeign: boolean, options?: ErrorOptions) {
		super(message, options);
		this.isForeign = isForeign;
	}
}

/** Characters of a greeting that are quoted. */
const mostQuoted = 60;

/**
 * Watches how a connection begins: a MySQL server speaks first, in a packet of number 0 that holds version 10 of the protocol, or an error.
 * Others say something else, on which the client would wait in vain for its end; or they wait until they are asked.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html
 */
export class Greeting {
	#isConnected = false;
	#first: Buffer | undefined;
	#foreign: NoGreeting | undefined;

	/** @returns the stream, before anybody has read from it. */
	watch(stream: Socket): Socket {
		stream.once("connect", () => {
			this.#isConnected = true;
		});
		stream.once("data", (chunk: Buffer) => {
			this.#first = chunk;
			if (isGreeting(chunk)) return;
			this.#foreign = new NoGreeting(describe(chunk), true);
			stream.destroy(this.#foreign);
		});
		return stream;
	}

	/** @returns what an error of the connection's beginning was in truth, or the error. */
	explained(error: unknown): unknown {
		if (this.#foreign !== undefined) return this.#foreign;
		if (!this.#isConnected || this.#first !== undefined) return error;
		const { code } = error as NodeJS.ErrnoException;
		if (code === "ETIMEDOUT")
			return new NoGreeting("It accepts connections, but sends nothing.", false, { cause: error });
		if (code !== "PROTOCOL_CONNECTION_LOST" && code !== "ECONNRESET") return error;
		return new NoGreeting("It closed the connection without sending anything.", false, { cause: error });
	}
}

function isGreeting(chunk: Buffer): boolean {
	return chunk.length < 5 || (chunk[3] === 0 && (chunk[4] === 0x0a || chunk[4] === 0xff));
}

function describe(chunk: Buffer): string {
	// A notice of the X protocol: its length, little endian, and number 11.
	if (chunk.readUInt32LE(0) < 0x10000 && chunk[4] === 0x0b) {
		return "It speaks MySQL's X protocol; the port for other clients is usually 3306.";
	}
	const [line = ""] = chunk.toString("latin1").split(/[\r\n]/, 1);
	return /^[ -~]+$/.test(line)
		? `It began with "${line.slice(0, mostQuoted)}".`
		: `It began with the bytes ${chunk.toString("hex", 0, 16)}.`;
}
