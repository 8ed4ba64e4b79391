import type { SourceAccess } from "../settings.ts";
import { LostSource } from "./faults.ts";
import { comparePositions, formatPosition, type Position } from "./position.ts";
import { historyLost, Server } from "./server.ts";

const everyMs = 5_000;
/** Checks in a row that find the source ahead and nothing read. */
const mostChecks = 3;

/**
 * Watches that the binlog's stream keeps up with the source. After RESET MASTER, MariaDB leaves a stream open through which nothing
 * will ever come, heartbeats excepted; a replication that looks healthy while nothing moves is the worst of failures.
 */
export class StandstillWatch {
	readonly #access: SourceAccess;
	#server: Server | undefined;
	#checkedAt = Date.now();
	#seen: Position | undefined;
	#checks = 0;

	constructor(access: SourceAccess) {
		this.#access = access;
	}

	/**
	 * Checks from time to time. Only where all that was received has been read.
	 * @param position end of what was read.
	 * @throws PipelineError where the source's binlog ends before the position, LostSource where the stream stands still.
	 */
	async check(position: Position): Promise<void> {
		if (Date.now() - this.#checkedAt < everyMs) return;
		this.#checkedAt = Date.now();
		this.#server ??= await Server.connect(this.#access);
		const end = await this.#server.currentPosition();
		const ahead = comparePositions(end, position);
		if (ahead < 0)
			throw historyLost(`it ends at ${formatPosition(end)}, and ${formatPosition(position)} was read already`);
		const stands = ahead > 0 && this.#seen !== undefined && comparePositions(this.#seen, position) === 0;
		this.#checks = stands ? this.#checks + 1 : 0;
		this.#seen = position;
		if (this.#checks >= mostChecks) throw new LostSource("the stream of changes stands still");
	}

	async close(): Promise<void> {
		await this.#server?.close();
	}
}
