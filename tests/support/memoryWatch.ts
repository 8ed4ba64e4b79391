import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { residentBytes } from "./processMemory.ts";

const everyMs = 500;

/** Resident memory of processes and of all that they have started, by program, for as long as it watches. Linux only. */
export class MemoryWatch {
	/** Bytes of each program at each look: the sum of its processes. */
	readonly samples = new Map<string, number[]>();
	#watching = true;
	readonly #work: Promise<void>;

	/** @param roots process ids to begin with, asked for again at each look. */
	constructor(roots: () => Promise<readonly (number | undefined)[]>) {
		this.#work = this.#watch(roots);
	}

	/** @returns the most bytes of each program. */
	async end(): Promise<Record<string, number>> {
		this.#watching = false;
		await this.#work;
		return Object.fromEntries([...this.samples].map(([program, bytes]) => [program, Math.max(...bytes)]));
	}

	async #watch(roots: () => Promise<readonly (number | undefined)[]>): Promise<void> {
		while (this.#watching) {
			const found = new Map<string, number>();
			const pids = (await roots()).filter((pid) => pid !== undefined);
			for (const pid of new Set((await Promise.all(pids.map(withChildren))).flat())) {
				const program = await programOf(pid);
				if (program !== undefined) found.set(program, (found.get(program) ?? 0) + (await residentBytes(pid)));
			}
			for (const [program, bytes] of found) this.samples.set(program, [...(this.samples.get(program) ?? []), bytes]);
			await sleep(everyMs);
		}
	}
}

async function withChildren(pid: number): Promise<number[]> {
	const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
	const children = text.split(" ").filter(Boolean).map(Number);
	return [pid, ...(await Promise.all(children.map(withChildren))).flat()];
}

/** The script that an interpreter runs, with its first argument: `replicator.js work`, `pipeline-cli clicks`. */
async function programOf(pid: number): Promise<string | undefined> {
	const words = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
	const at = words.findIndex((word) => /(\.(js|py)|\/pipeline-cli)$/.test(word));
	if (at < 0) return undefined;
	return [basename(words[at] ?? ""), words[at + 1] ?? ""].join(" ").trim();
}
