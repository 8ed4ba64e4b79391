import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { readBlocks } from "./rowBlocks.ts";

/** A connection that sends rows for as long as it is not paused, and ends a query where that is asked for. */
class FakeConnection extends EventEmitter {
	paused = false;
	sent = 0;
	readonly command = new EventEmitter();
	#isOver = false;

	constructor(private readonly rows: number) {
		super();
	}

	query(): EventEmitter {
		this.#send();
		return this.command;
	}

	execute(): EventEmitter {
		return this.command;
	}

	pause(): void {
		this.paused = true;
	}

	resume(): void {
		this.paused = false;
		this.#send();
	}

	/** As a server ends a query: with an error behind what is on its way. */
	async interrupt(): Promise<void> {
		this.#end(Object.assign(new Error("Query execution was interrupted"), { errno: 1317 }));
	}

	#send(): void {
		setImmediate(() => {
			for (let row = 0; row < 500 && !this.paused && this.sent < this.rows; row += 1) {
				this.sent += 1;
				this.command.emit("result", [this.sent, "x"]);
			}
			if (this.sent === this.rows) this.#end();
			else if (!this.paused && !this.#isOver) this.#send();
		});
	}

	#end(error?: Error): void {
		if (this.#isOver) return;
		this.#isOver = true;
		if (error !== undefined) this.command.emit("error", error);
		this.command.emit("end");
	}
}

describe("rows of a table in blocks", () => {
	const never = new AbortController().signal;
	const open = (connection: FakeConnection, interrupt = () => connection.interrupt()) =>
		readBlocks({ core: connection, interrupt }, "SELECT 1", never);

	it("come all, in their order", async () => {
		const connection = new FakeConnection(10_000);
		const values: unknown[] = [];
		for await (const { rows } of open(connection)) values.push(...rows.map(([value]) => value));
		expect(values).toEqual(Array.from({ length: 10_000 }, (_, index) => index + 1));
	});

	it("are not left half read by who fails at one: the query is ended at the source", async () => {
		const connection = new FakeConnection(Number.POSITIVE_INFINITY);
		const read = async (): Promise<void> => {
			for await (const { rows } of open(connection)) throw new Error(`the row ${rows.length} cannot be taken`);
		};
		await expect(read()).rejects.toThrow("the row 4096 cannot be taken");
		expect(connection.paused).toBe(false);
		expect(connection.listenerCount("error")).toBe(0);
	});

	it("are read to their end where the query cannot be ended", async () => {
		const connection = new FakeConnection(20_000);
		const read = async (): Promise<void> => {
			const refuse = async (): Promise<void> => {
				throw new Error("not allowed");
			};
			for await (const _ of open(connection, refuse)) throw new Error("no more");
		};
		await expect(read()).rejects.toThrow("no more");
		expect(connection.sent).toBe(20_000);
	});

	it("end with what broke the connection", async () => {
		const connection = new FakeConnection(Number.POSITIVE_INFINITY);
		const read = async (): Promise<void> => {
			for await (const _ of open(connection)) connection.emit("error", new Error("connection lost"));
		};
		await expect(read()).rejects.toThrow("connection lost");
	});
});
