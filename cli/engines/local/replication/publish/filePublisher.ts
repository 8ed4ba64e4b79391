import { readdir, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { lake } from "../../../../../etl/contract/contract.ts";
import {
	exists,
	isLink,
	isMissing,
	makeFolder,
	requireNoLink,
	syncFolder,
	writeFileAtomic,
} from "../../../../common/fs.ts";
import type { Publication } from "../model/checkpoint.ts";

/**
 * Brings the raw zone to what a publication says. May be killed at any moment and repeated: a file that is there already was
 * moved by an earlier try.
 */
export async function publish(publication: Publication, staging: string, raw: string): Promise<void> {
	const kept = new Set(publication.files.map((file) => file.to));
	for (const folder of publication.clear) {
		await requireNoLink(raw, dirname(folder));
		await noteOrder(raw, folder);
		await clearFolder(raw, folder, kept);
	}
	const folders = new Set<string>();
	for (const { from, to } of publication.files) {
		const target = join(raw, to);
		await makeFolder(dirname(target));
		await moveIfThere(join(staging, from), target);
		folders.add(dirname(target));
	}
	for (const folder of folders) await syncFolder(folder);
}

/**
 * Says to the jobs that a table is emptied by order. Where files are gone and this is not newer, somebody removed them, and the table
 * keeps its rows.
 */
async function noteOrder(raw: string, folder: string): Promise<void> {
	const file = join(raw, lake.cleared, folder);
	await makeFolder(dirname(file));
	await writeFileAtomic(file, "");
}

/** Removes everything in a table's folder except what is to be kept, and the folder where nothing is. */
async function clearFolder(raw: string, folder: string, kept: ReadonlySet<string>): Promise<void> {
	// Another one takes the place of a link, whose own files stay.
	if (await isLink(join(raw, folder))) await rm(join(raw, folder));
	let names: string[];
	try {
		names = await readdir(join(raw, folder));
	} catch (error) {
		if (isMissing(error)) return;
		throw error;
	}
	// A kept name may still be the file of before, where the full load has the same number; the rename then replaces it.
	for (const name of names) {
		if (!kept.has(`${folder}/${name}`)) await rm(join(raw, folder, name), { recursive: true });
	}
	await syncFolder(join(raw, folder));
	if ([...kept].some((file) => dirname(file) === folder)) return;
	await rmdir(join(raw, folder));
	await syncFolder(dirname(join(raw, folder)));
}

async function moveIfThere(from: string, to: string): Promise<void> {
	try {
		await rename(from, to);
	} catch (error) {
		if (!isMissing(error) || !(await exists(to))) throw error;
	}
}
