import type { Connection } from "mysql2/promise";
import { breakConnection, coreOf } from "./core.ts";

/** The server owes an answer, and sends nothing. */
export class SilentServer extends Error {
	/** As of a connection that comes to nothing. */
	readonly code = "ETIMEDOUT";
}

/** Looks in the time that a source may be silent. */
const looks = 10;

/**
 * Breaks a connection on which the source owes an answer, and nothing has come for some time: it hangs, or something between has
 * forgotten the connection, and nobody would ever say so. Who does not read does not wait.
 * @param silenceMs longer than any statement of the connection's may take until its first byte.
 */
export function breakWhenSilent(connection: Connection, silenceMs: number): void {
	const core = coreOf(connection);
	let seen = -1;
	// Does not go on while the machine sleeps.
	let since = performance.now();
	const timer = setInterval(() => {
		const { bytesRead } = core.stream;
		const isOwed = Boolean(core._command) && !core._paused;
		if (!isOwed || bytesRead !== seen) {
			seen = bytesRead;
			since = performance.now();
		} else if (performance.now() - since >= silenceMs) {
			breakConnection(connection, new SilentServer(`the source has not responded for ${silenceMs / 1000} seconds`));
		}
	}, silenceMs / looks);
	timer.unref();
	core.stream.once("close", () => clearInterval(timer));
}
