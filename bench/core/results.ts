import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exponent, median, minimum, type Ratio, ratioTo } from "./arithmetic.ts";
import type { Machine } from "./machine.ts";

/** One way to do the work of a row, at one size. */
export interface Measured {
	way: string;
	/** A round each. */
	seconds: number[];
	/** Highest memory of each process, MB, by what the process is. */
	memory: Record<string, number>;
	/** Seconds of its steps, or other times that belong to it: a round each. */
	parts?: Record<string, number[]>;
}

export interface SizeResult {
	size: number;
	ours: Measured;
	peers: Measured[];
}

export interface RowResult {
	row: string;
	/** What `size` counts. */
	unit: string;
	sizes: SizeResult[];
}

/** One run, as it is kept in bench/results. */
export interface Run {
	at: string;
	commit: string;
	machine: Machine;
	rows: RowResult[];
}

/** A row's ratio to one peer, at its largest size. */
export interface Standing {
	row: string;
	peer: string;
	ratio: number;
}

/** How many earlier runs a row is compared with, and which part of their mean it must reach. */
const kept = 5;
const leastPart = 0.9;

/** Of the rounds in which the peer took part, the first ones. */
export function ratioOf(size: SizeResult, peer: Measured): Ratio {
	return ratioTo(size.ours.seconds.slice(0, peer.seconds.length), peer.seconds);
}

/** How a way's seconds grow with the size. */
export function growth(row: RowResult, way: string): number | undefined {
	return exponent(
		row.sizes.flatMap(({ size, ours, peers }) =>
			[ours, ...peers].filter((one) => one.way === way).map(({ seconds }) => ({ size, seconds: minimum(seconds) })),
		),
	);
}

export function standings(run: Pick<Run, "rows">): Standing[] {
	return run.rows.flatMap(({ row, sizes }) => {
		const largest = sizes.reduce<SizeResult | undefined>(
			(most, one) => (most === undefined || one.size > most.size ? one : most),
			undefined,
		);
		if (largest === undefined) return [];
		return largest.peers.map((peer) => ({ row, peer: peer.way, ratio: ratioOf(largest, peer).median }));
	});
}

/**
 * Rows that have become slower against their peers. Runs of a busy machine count on neither side.
 * @param history earlier runs, the oldest first.
 * @returns a line for each ratio below the allowed part of the mean of its last results.
 */
export function slower(run: Run, history: readonly Run[]): string[] {
	const earlier = history.filter(({ machine }) => !machine.busy).map(standings);
	return standings(run).flatMap(({ row, peer, ratio }) => {
		const ratios = earlier
			.flatMap((all) => all.filter((one) => one.row === row && one.peer === peer))
			.slice(-kept)
			.map((one) => one.ratio);
		if (ratios.length === 0) return [];
		const mean = ratios.reduce((sum, one) => sum + one, 0) / ratios.length;
		if (ratio >= leastPart * mean) return [];
		return [`${row}: ${ratio.toFixed(2)} of ${peer}; the mean of the last ${ratios.length} is ${mean.toFixed(2)}`];
	});
}

/** Committed runs, the oldest first. */
export async function readHistory(folder: string): Promise<Run[]> {
	const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json")).sort();
	return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), "utf8")) as Run));
}

/** @returns the path of the file. */
export async function keep(run: Run, folder: string): Promise<string> {
	const path = join(folder, `${run.at.replaceAll(/[-:]|\.\d+/g, "")}.json`);
	await writeFile(path, `${JSON.stringify(run, null, "\t")}\n`);
	return path;
}

/** The newest result of each row, in the order of `names`. */
export function newest(history: readonly Run[], names: readonly string[]): { run: Run; result: RowResult }[] {
	return names.flatMap((name) => {
		const found = history.flatMap((run) =>
			run.rows.filter(({ row }) => row === name).map((result) => ({ run, result })),
		);
		return found.slice(-1);
	});
}

export function shownSeconds(seconds: readonly number[]): string {
	return `${shown(minimum(seconds))} (${shown(median(seconds))})`;
}

function shown(seconds: number): string {
	return seconds < 0.1 ? seconds.toFixed(3) : seconds.toFixed(2);
}
