import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import type { SourceAccess } from "../../../mysql/access.ts";
import { BinlogStream } from "./binlogStream.ts";

const gib = 1024 ** 3;

/** In place of the connection: a test emits the source's events. */
class FakeSource extends EventEmitter {
	start(): void {}

	stop(): void {
		this.emit("stopped");
	}

	send(name: string, nextPosition: number, fields: object = {}): void {
		this.emit("binlog", { timestamp: 0, size: 50, nextPosition, getEventName: () => name, ...fields });
	}
}

const access: SourceAccess = { host: "h", port: 1, user: "u", password: "", schemas: ["s"], tls: false };

test("a file that grows beyond 4 GiB fails with the setting that limits it, after what came before", async () => {
	const source = new FakeSource();
	const stream = new BinlogStream(access, 1, ["s"], { file: "bin.000001", offset: 3 * gib }, () => source);
	source.send("xid", 3.9 * gib);
	source.send("xid", 0.1 * gib);
	source.send("xid", 0.2 * gib);
	expect((await stream.take(1)).map((event) => event.next)).toEqual([3.9 * gib]);
	await expect(stream.take(1)).rejects.toMatchObject({
		outcome: "serviceRefused",
		text: {
			what: "The source's binlog file bin.000001 is longer than 4 GiB.",
			fix: expect.stringContaining("max_binlog_size"),
		},
	});
	await stream.close();
});

test("a new file begins at its start; events without an offset, and a file's description, give none", async () => {
	const source = new FakeSource();
	const stream = new BinlogStream(access, 1, ["s"], { file: "bin.000001", offset: 3 * gib }, () => source);
	source.send("rotate", 0, { binlogName: "bin.000001", position: 3 * gib });
	source.send("format", 256);
	source.send("xid", 3.5 * gib);
	source.send("rotate", 3.5 * gib + 50, { binlogName: "bin.000002", position: 4 });
	source.send("rotate", 0, { binlogName: "bin.000002", position: 4 });
	source.send("format", 256);
	source.send("xid", 400);
	expect(await stream.take(1)).toHaveLength(7);
	expect(await stream.take(1)).toEqual([]);
	await stream.close();
});

test("no source can be asked to send from beyond 4 GiB", () => {
	expect(() => new BinlogStream(access, 1, ["s"], { file: "bin.000001", offset: 4 * gib })).toThrow(
		"longer than 4 GiB",
	);
});
