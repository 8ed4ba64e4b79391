import type { SourceAccess } from "../../../mysql/access.ts";
import type { Checkpoint } from "../model/checkpoint.ts";
import { comparePositions, type Position } from "../model/position.ts";
import { LostSource } from "./errors.ts";
import { requireHistory, Server } from "./server.ts";

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
	#checkedAt = performance.now();
	#seen: Position | undefined;
	#checks = 0;

	constructor(access: SourceAccess) {
		this.#access = access;
	}

	/**
	 * Checks from time to time. Only where all that was received has been read.
	 * @param read what was read so far.
	 * @throws PipelineError where the source's history is another one by now, LostSource where the stream stands still.
	 */
	async check(read: () => Pick<Checkpoint, "server" | "position">): Promise<void> {
		if (performance.now() - this.#checkedAt < everyMs) return;
		this.#checkedAt = performance.now();
		this.#server ??= await Server.connect(this.#access);
		const checkpoint = read();
		const end = await requireHistory(this.#server, checkpoint);
		const { position } = checkpoint;
		const isBehind = comparePositions(end, position) > 0;
		const stands = isBehind && this.#seen !== undefined && comparePositions(this.#seen, position) === 0;
		this.#checks = stands ? this.#checks + 1 : 0;
		this.#seen = position;
		if (this.#checks >= mostChecks) throw new LostSource("no changes arrive from the source");
	}

	async close(): Promise<void> {
		await this.#server?.close();
	}
}
