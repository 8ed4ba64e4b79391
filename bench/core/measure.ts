import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Measured, RowResult } from "./results.ts";

/** What doing it once took. */
export interface Once {
	seconds: number;
	/** Highest memory of each process, MB. */
	memory?: Record<string, number>;
	/** Seconds of its steps, or other times that belong to it. */
	parts?: Record<string, number>;
}

/** One way to do a row's work. */
export interface Way {
	name: string;
	/** In how many of the rounds it takes part, the first ones; default: in all. For a peer that takes minutes. */
	rounds?: number;
	/** Does it once. What is not to be measured, such as putting things back, it does outside of its `seconds`. */
	run(): Promise<Once>;
}

/** A row's data at one size, and the ways, which all work on it. */
export interface Prepared {
	ours: Way;
	peers: readonly Way[];
}

/** Has something ended once the size is measured, also where that fails or is interrupted; the last comes first. */
export type Defer = (end: () => unknown) => void;

const endings: (() => unknown)[] = [];

/** Ends what was deferred. */
export async function endAll(): Promise<void> {
	for (let end = endings.pop(); end !== undefined; end = endings.pop()) await end();
}

export interface Row {
	name: string;
	/** What is measured, from when until when. */
	what: string;
	/** What `sizes` count. */
	unit: string;
	/** At least three, so that it is seen how cost grows. The largest is what stands for the row. */
	sizes: readonly number[];
	/** @param folder of this size's own; it is removed afterwards. */
	prepare(size: number, folder: string, defer: Defer): Promise<Prepared>;
}

/** In turns, so that a busy moment of the machine meets all alike; each round begins with another one. */
export async function measureRow(row: Row, rounds: number, say: (text: string) => void): Promise<RowResult> {
	const result: RowResult = { row: row.name, unit: row.unit, sizes: [] };
	for (const size of row.sizes) {
		const folder = await mkdtemp(join(tmpdir(), "bench-"));
		const defer: Defer = (end) => void endings.push(end);
		defer(() => rm(folder, { recursive: true, force: true }));
		try {
			say(`${row.name}: ${size.toLocaleString("en")} ${row.unit}`);
			const prepared = await row.prepare(size, folder, defer);
			const [ours, ...peers] = await interleaved([prepared.ours, ...prepared.peers], rounds, say);
			if (ours !== undefined) result.sizes.push({ size, ours, peers });
		} finally {
			await endAll();
		}
	}
	return result;
}

async function interleaved(ways: readonly Way[], rounds: number, say: (text: string) => void): Promise<Measured[]> {
	const found = ways.map(({ name }): Measured => ({ way: name, seconds: [], memory: {} }));
	for (let round = 0; round < rounds; round += 1) {
		for (let turn = 0; turn < ways.length; turn += 1) {
			const at = (turn + round) % ways.length;
			const [one, way] = [found[at] as Measured, ways[at] as Way];
			if (round >= (way.rounds ?? rounds)) continue;
			const { seconds, memory = {}, parts = {} } = await way.run();
			one.seconds.push(seconds);
			for (const [name, megabytes] of Object.entries(memory)) {
				one.memory[name] = Math.max(one.memory[name] ?? 0, megabytes);
			}
			for (const [name, part] of Object.entries(parts)) {
				one.parts ??= {};
				one.parts[name] = [...(one.parts[name] ?? []), part];
			}
			say(`  round ${round + 1} ${one.way}: ${seconds.toFixed(3)} s`);
		}
	}
	return found;
}
