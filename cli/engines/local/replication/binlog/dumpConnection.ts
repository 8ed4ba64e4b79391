import type { Connection } from "mysql2/promise";
import type { SourceAccess } from "../../../mysql/access.ts";
import { breakConnection, coreOf } from "../../../mysql/core.ts";
import { openConnection } from "../../../mysql/open.ts";
import type { Position } from "../model/position.ts";
import { addCommand, type Command, type OutgoingPacket, outgoing } from "../mysql/command.ts";
import { LostSource } from "../mysql/errors.ts";
import { connectionOptions } from "../mysql/server.ts";

/** Where events come from. */
export interface EventSource {
	/** Asks for everything from a position on. */
	start(receive: (event: Buffer) => void, fail: (error: Error) => void): Promise<void>;
	/** Stops receiving until `resume`. */
	pause(): void;
	resume(): void;
	close(): Promise<void>;
}

const heartbeatSeconds = 5;
const dumpCommand = 0x12;
const okMarker = 0x00;
const endMarker = 0xfe;

/** A connection to the source that asks for its binlog: COM_BINLOG_DUMP. */
export class DumpConnection implements EventSource {
	readonly #access: SourceAccess;
	readonly #serverId: number;
	readonly #from: Position;
	#connection: Connection | undefined;
	#closed = false;

	/** @param from its offset has 32 bits. */
	constructor(access: SourceAccess, serverId: number, from: Position) {
		this.#access = access;
		this.#serverId = serverId;
		this.#from = from;
	}

	async start(receive: (event: Buffer) => void, fail: (error: Error) => void): Promise<void> {
		const connection = await openConnection(this.#access, connectionOptions);
		this.#connection = connection;
		connection.on("error", fail);
		if (this.#closed) return this.close();
		// An idle source must prove that it is there; the period is in nanoseconds. One name for each generation of servers.
		const period = `${heartbeatSeconds}000000000`;
		await connection.query(
			`SET @master_heartbeat_period = ${period}, @source_heartbeat_period = ${period}, SESSION net_write_timeout = 3600,
			@master_binlog_checksum = 'CRC32', @source_binlog_checksum = 'CRC32', @mariadb_slave_capability = 4`,
		);
		addCommand(connection, this.#dump(receive, fail));
	}

	pause(): void {
		if (this.#connection !== undefined) coreOf(this.#connection).pause();
	}

	resume(): void {
		if (this.#connection !== undefined) coreOf(this.#connection).resume();
	}

	async close(): Promise<void> {
		this.#closed = true;
		if (this.#connection === undefined) return;
		breakConnection(this.#connection);
	}

	#dump(receive: (event: Buffer) => void, fail: (error: Error) => void): Command {
		return {
			execute: (packet, connection) => {
				if (packet === undefined) {
					connection._resetSequenceId();
					connection.writePacket(dumpPacket(this.#serverId, this.#from));
					return false;
				}
				if (this.#closed) return false;
				if (packet.isError()) {
					fail(packet.asError(connection.clientEncoding));
					return true;
				}
				const marker = packet.buffer.readUInt8(packet.offset);
				if (marker === okMarker) {
					receive(packet.buffer.subarray(packet.offset + 1, packet.end));
					return false;
				}
				fail(
					new LostSource(
						marker === endMarker ? "the source ended its binlog" : `the source sent an unknown packet ${marker}`,
					),
				);
				return true;
			},
			onResult: fail,
		};
	}
}

function dumpPacket(serverId: number, { file, offset }: Position): OutgoingPacket {
	const name = Buffer.from(file);
	return outgoing(11 + name.length, (buffer, at) => {
		buffer.writeUInt8(dumpCommand, at);
		buffer.writeUInt32LE(offset, at + 1);
		buffer.writeUInt16LE(0, at + 5);
		buffer.writeUInt32LE(serverId, at + 7);
		name.copy(buffer, at + 11);
	});
}
