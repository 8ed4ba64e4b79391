import type { Connection } from "mysql2/promise";
import { coreOf } from "../../../mysql/core.ts";

/** A packet as mysql2 gives it to a command: one object for all packets, whose bytes are `buffer` from `offset` to `end`. */
export interface Packet {
	buffer: Buffer;
	offset: number;
	end: number;
	isError(): boolean;
	asError(encoding: string): Error;
}

/** What a command needs of mysql2's connection, and its types do not show. */
export interface CommandConnection {
	_resetSequenceId(): void;
	writePacket(packet: OutgoingPacket): void;
	clientEncoding: string;
}

export interface OutgoingPacket {
	buffer: Buffer;
	offset: number;
	length(): number;
	writeHeader(sequence: number): void;
}

/** A command of mysql2: it is executed once without a packet, then with each packet that comes, until it returns true. */
export interface Command {
	execute(packet: Packet | undefined, connection: CommandConnection): boolean;
	/** The connection failed. */
	onResult(error: Error): void;
}

/** Sends a command as soon as those before it have ended. */
export function addCommand(connection: Connection, command: Command): void {
	const core = coreOf(connection) as unknown as { addCommand?(command: Command): void };
	if (core.addCommand === undefined) throw new Error("the connection accepts no commands");
	core.addCommand(command);
}

const headerBytes = 4;

/** A packet to send. @param size bytes of its content. @param write fills them in, from `at` on. */
export function outgoing(size: number, write: (buffer: Buffer, at: number) => void): OutgoingPacket {
	const buffer = Buffer.alloc(headerBytes + size);
	write(buffer, headerBytes);
	return {
		buffer,
		offset: 0,
		length: () => buffer.length,
		writeHeader: (sequence) => {
			buffer.writeUIntLE(size, 0, 3);
			buffer.writeUInt8(sequence, 3);
		},
	};
}
