import { exactNumbers } from "../mysql/server.ts";
import type { Snapshot } from "../mysql/snapshot.ts";

export interface Block {
	rows: unknown[][];
	/** About the size of the rows' values. */
	bytes: number;
}

const blockRows = 4096;
const blockBytes = 4 * 1024 * 1024;

/**
 * Rows of a query as arrays, in blocks; the socket is paused while a block is worked on. Whoever takes no more of them leaves a
 * connection on which the next query can follow.
 */
export async function* readBlocks(
	{ core: connection, interrupt }: Pick<Snapshot, "core" | "interrupt">,
	sql: string,
	signal: AbortSignal,
): AsyncGenerator<Block> {
	let block: Block = { rows: [], bytes: 0 };
	let failure: Error | undefined;
	let ended = false;
	let discards = false;
	let wake = (): void => undefined;
	const query = connection.query({ sql, rowsAsArray: true, typeCast: exactNumbers });
	query.on("result", (result) => {
		if (discards) return;
		const row = result as unknown as unknown[];
		block.rows.push(row);
		for (const value of row) block.bytes += typeof value === "string" || Buffer.isBuffer(value) ? value.length : 8;
		if (block.rows.length < blockRows && block.bytes < blockBytes) return;
		connection.pause();
		wake();
	});
	const onError = (error: Error): void => {
		failure = error;
		wake();
	};
	query.on("error", onError);
	// A lost connection is reported on the connection, not on the query.
	connection.on("error", onError);
	query.on("end", () => {
		ended = true;
		wake();
	});
	const next = (): Promise<void> =>
		new Promise((resolve) => {
			wake = resolve;
		});
	const onAbort = (): void => wake();
	signal.addEventListener("abort", onAbort);
	try {
		for (;;) {
			signal.throwIfAborted();
			if (failure !== undefined) throw failure;
			if (block.rows.length > 0) {
				const full = block;
				block = { rows: [], bytes: 0 };
				yield full;
				connection.resume();
			} else if (ended) {
				return;
			} else {
				await next();
			}
		}
	} finally {
		discards = true;
		block = { rows: [], bytes: 0 };
		// What is not read holds the table's lock at the source, and every query after it.
		if (!ended && failure === undefined && !signal.aborted) {
			connection.resume();
			await interrupt().catch(() => undefined);
			while (!ended && failure === undefined && !signal.aborted) await next();
		}
		signal.removeEventListener("abort", onAbort);
		connection.off("error", onError);
	}
}
