import { expect, test } from "vitest";
import type { SourceAccess } from "../../../mysql/access.ts";
import type { Position } from "../model/position.ts";
import { BinlogStream } from "./binlogStream.ts";
import type { EventSource } from "./dumpConnection.ts";

const gib = 1024 ** 3;
const access: SourceAccess = { host: "h", port: 1, user: "u", password: "", schemas: ["s"], tls: "DISABLED" };

/** In place of the connection: a test sends the source's events. */
class FakeSource implements EventSource {
	receive: (event: Buffer) => void = () => undefined;
	paused = false;
	readonly asked: Position;

	constructor(asked: Position) {
		this.asked = asked;
	}

	async start(receive: (event: Buffer) => void): Promise<void> {
		this.receive = receive;
	}

	pause(): void {
		this.paused = true;
	}

	resume(): void {
		this.paused = false;
	}

	async close(): Promise<void> {}

	send(type: number, next: number, body: Buffer, flags = 0): void {
		const event = Buffer.alloc(19 + body.length);
		event.writeUInt8(type, 4);
		event.writeUInt32LE(event.length, 9);
		event.writeUInt32LE(next % 2 ** 32, 13);
		event.writeUInt16LE(flags, 17);
		body.copy(event, 19);
		this.receive(event);
	}

	rotate(file: string, offset: number): void {
		const position = Buffer.alloc(8);
		position.writeBigUInt64LE(BigInt(offset));
		this.send(4, 0, Buffer.concat([position, Buffer.from(file)]), 0x20);
	}

	commit(next: number): void {
		this.send(16, next, Buffer.alloc(8));
	}
}

function open(from: Position): { stream: BinlogStream; source: FakeSource } {
	let source: FakeSource | undefined;
	const stream = new BinlogStream(
		access,
		1,
		({ schema }) => schema === "s",
		from,
		(asked) => {
			source = new FakeSource(asked);
			return source;
		},
	);
	if (source === undefined) throw new Error("the stream made no connection");
	return { stream, source };
}

test("offsets go on beyond 4 GiB, and a new file begins at its start", async () => {
	const { stream, source } = open({ file: "bin.000001", offset: 3 * gib });
	source.rotate("bin.000001", 3 * gib);
	for (const next of [3.9, 4.1, 5.2, 6.8, 8.1]) source.commit(next * gib);
	source.rotate("bin.000002", 4);
	source.commit(400);
	const events = await stream.take(1);
	expect(events.filter(({ kind }) => kind === "commit").map(({ next }) => Math.round((next / gib) * 10) / 10)).toEqual([
		...[3.9, 4.1, 5.2, 6.8, 8.1, 0],
	]);
	expect(events.at(-1)?.next).toBe(400);
	expect(await stream.take(1)).toEqual([]);
	await stream.close();
});

test("from beyond 4 GiB a file is read from its start, and what was read before is passed over", async () => {
	const { stream, source } = open({ file: "bin.000001", offset: 4.5 * gib });
	expect(source.asked).toEqual({ file: "bin.000001", offset: 4 });
	source.rotate("bin.000001", 4);
	for (const next of [1, 2.5, 3.5, 4.5, 4.6]) source.commit(next * gib);
	const events = await stream.take(1);
	expect(events.map(({ kind, next }) => [kind, next])).toEqual([
		["rotate", 0],
		["commit", 4.6 * gib - ((4.6 * gib) % 1)],
	]);
	await stream.close();
});

test("an event that cannot be read ends the stream, after what came before it, and is named with its place", async () => {
	const { stream, source } = open({ file: "bin.000001", offset: 100 });
	source.commit(200);
	source.send(99, 300, Buffer.alloc(1));
	source.commit(400);
	expect((await stream.take(1)).map(({ next }) => next)).toEqual([200]);
	await expect(stream.take(1)).rejects.toMatchObject({
		outcome: "serviceRefused",
		text: {
			what: "The source's binlog cannot be read at bin.000001:300.",
			why: "unknown event type 99.",
			next: "pipeline-cli replication start --reload",
		},
	});
	await stream.close();
});

test("an event that is not known and may be ignored is passed over", async () => {
	const { stream, source } = open({ file: "bin.000001", offset: 100 });
	source.send(99, 200, Buffer.alloc(1), 0x80);
	expect(await stream.take(1)).toMatchObject([{ kind: "other", next: 200 }]);
	await stream.close();
});

test("the source has to wait while nobody takes", async () => {
	const { stream, source } = open({ file: "bin.000001", offset: 100 });
	source.send(29, 2_000_000, Buffer.alloc(1_500_000), 0x80);
	expect(source.paused).toBe(true);
	await stream.take(1);
	await stream.take(1);
	expect(source.paused).toBe(false);
	await stream.close();
});
