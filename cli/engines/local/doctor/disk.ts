import type { Check } from "../../port.ts";

/** What statfs(2) says of a disk. */
export interface Disk {
	bsize: number;
	/** Blocks free for this user, of all. */
	bavail: number;
	files: number;
	ffree: number;
}

const gib = 2 ** 30;
/** The environment is 2 GiB while it is made. Afterwards a run needs room for its batches. */
const needed = { environment: 2 * gib, run: gib / 4 };
const fewInodes = 10_000;

/** @param hasPython the environment is there, and takes no more room. */
export function spaceCheck({ bsize, bavail }: Disk, folder: string, hasPython: boolean): Check {
	const free = bsize * bavail;
	const least = hasPython ? needed.run : needed.environment;
	const found = `${(free / gib).toFixed(1)} GiB free at ${folder}`;
	if (free >= least) return { name: "disk", ok: true, found };
	const fix = `Free at least ${least / gib} GiB, or set PIPELINE_HOME to a folder on another disk.`;
	return { name: "disk", ok: false, found, fix };
}

/** File systems that make inodes as they need them report none. */
export function inodeCheck({ files, ffree }: Disk, folder: string): Check[] {
	if (files === 0) return [];
	const found = `${ffree} free at ${folder}`;
	if (ffree >= fewInodes) return [{ name: "inodes", ok: true, found }];
	const fix = `Remove unneeded files, or set PIPELINE_HOME to a folder on another disk. A lake has many small files.`;
	return [{ name: "inodes", ok: false, found, fix }];
}
