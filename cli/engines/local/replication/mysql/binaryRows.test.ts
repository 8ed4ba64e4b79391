import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { BinaryRows } from "./binaryRows.ts";
import type { Command, Packet } from "./command.ts";
import type { Server } from "./server.ts";

const end = Buffer.from([0xfe, 0, 0, 2, 0]);

/** A server that sends rows, each its number, for as long as nobody pauses the connection. */
class FakeServer extends EventEmitter {
	paused = false;
	sent = 0;
	unprepared = 0;
	readonly connection = this;
	readonly #rows: number;
	#command: Command | undefined;
	#interrupted = false;

	constructor(rows: number) {
		super();
		this.#rows = rows;
	}

	async prepare(): Promise<unknown> {
		return { statement: { id: 7, columns: [{ name: "n", columnType: 3, decimals: 0 }] } };
	}

	unprepare(): void {
		this.unprepared += 1;
	}

	addCommand(command: Command): void {
		this.#command = command;
		const sink = { _resetSequenceId: () => undefined, writePacket: () => undefined, clientEncoding: "utf8" };
		command.execute(undefined, sink);
		// The number of columns, the definition, an end.
		for (const bytes of [Buffer.from([1]), Buffer.from("definition"), end]) this.#give(bytes);
		this.#send();
	}

	pause(): void {
		this.paused = true;
	}

	resume(): void {
		this.paused = false;
		this.#send();
	}

	async interrupt(): Promise<void> {
		this.#interrupted = true;
	}

	fail(error: Error): void {
		this.emit("error", error);
	}

	#send(): void {
		setImmediate(() => {
			for (let row = 0; row < 100 && !this.paused && this.#command !== undefined; row += 1) {
				if (this.#interrupted) {
					const bytes = Buffer.from([0xff]);
					this.#give(bytes, Object.assign(new Error("Query execution was interrupted"), { errno: 1317 }));
				} else if (this.sent === this.#rows) {
					this.#give(end);
				} else {
					this.sent += 1;
					const bytes = Buffer.alloc(6);
					bytes.writeInt32LE(this.sent, 2);
					this.#give(bytes);
				}
			}
			if (!this.paused && this.#command !== undefined) this.#send();
		});
	}

	#give(buffer: Buffer, error?: Error): void {
		const packet: Packet = {
			buffer,
			offset: 0,
			end: buffer.length,
			isError: () => error !== undefined,
			asError: () => error ?? new Error("none"),
		};
		const sink = { _resetSequenceId: () => undefined, writePacket: () => undefined, clientEncoding: "utf8" };
		if (this.#command?.execute(packet, sink)) this.#command = undefined;
	}
}

const never = new AbortController().signal;

async function open(rows: number): Promise<{ source: FakeServer; query: BinaryRows }> {
	const source = new FakeServer(rows);
	return { source, query: await BinaryRows.prepare(source as unknown as Server, "SELECT n FROM t") };
}

describe("rows in the binary protocol", () => {
	it("come all, in their order, as many at a time as are asked for", async () => {
		const { source, query } = await open(1000);
		const found: number[] = [];
		let calls = 0;
		for (let ended = false; !ended; calls += 1) {
			let taken = 0;
			ended = await query.next((buffer, from) => {
				found.push(buffer.readInt32LE(from + 2));
				taken += 1;
				return taken === 300;
			}, never);
		}
		await query.close(() => source.interrupt());
		expect(found).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1));
		expect(calls).toBe(4);
		expect([source.unprepared, source.listenerCount("error")]).toEqual([1, 0]);
	});

	it("are not left half read by who fails at one: the query is ended at the source", async () => {
		const { source, query } = await open(Number.POSITIVE_INFINITY);
		const refuse = (): boolean => {
			throw new Error("a value cannot be taken");
		};
		await expect(query.next(refuse, never)).rejects.toThrow("a value cannot be taken");
		await query.close(() => source.interrupt());
		expect(source.unprepared).toBe(1);
	});

	it("are read to their end where the query cannot be ended", async () => {
		const { source, query } = await open(5000);
		await query.next(() => true, never);
		await query.close(async () => {
			throw new Error("not allowed");
		});
		expect(source.sent).toBe(5000);
	});

	it("end with what broke the connection, and wait for nothing more then", async () => {
		const { source, query } = await open(Number.POSITIVE_INFINITY);
		await query.next(() => true, never);
		const next = query.next(() => false, never);
		source.fail(Object.assign(new Error("connection lost"), { fatal: true }));
		await expect(next).rejects.toThrow("connection lost");
		await query.close(() => source.interrupt());
		expect(source.unprepared).toBe(0);
	});

	it("end where that is asked for", async () => {
		const { query } = await open(Number.POSITIVE_INFINITY);
		const stop = new AbortController();
		const next = query.next(() => false, stop.signal);
		setImmediate(() => stop.abort(new Error("stopped")));
		await expect(next).rejects.toThrow("stopped");
	});
});
