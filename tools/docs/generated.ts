import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A page, or a marked block of one, that is made from something else in the repository. */
export interface Generated {
	/** Path from the root of the repository. */
	path: string;
	/** What is between `<!-- block:begin -->` and `<!-- block:end -->`; without it the whole file is generated. */
	block?: string;
	/** The text of the file, or of the block. */
	make(): string | Promise<string>;
}

/** A generated file, as it is and as it should be. */
export interface Rendered {
	path: string;
	current: string;
	wanted: string;
}

/** Every generated file once, with all of its blocks. Writes nothing. */
export async function render(root: string, registry: readonly Generated[]): Promise<Rendered[]> {
	const found = new Map<string, Rendered>();
	for (const page of registry) {
		const entry = found.get(page.path) ?? (await unchanged(root, page.path));
		const text = await page.make();
		entry.wanted = page.block === undefined ? text : withBlock(entry.wanted, page.path, page.block, text);
		found.set(page.path, entry);
	}
	return [...found.values()];
}

/** Writes the files that are not as they should be. @returns their paths. */
export async function write(root: string, rendered: readonly Rendered[]): Promise<string[]> {
	const stale = rendered.filter(({ current, wanted }) => current !== wanted);
	for (const { path, wanted } of stale) await writeFile(join(root, path), wanted);
	return stale.map(({ path }) => path);
}

/** @throws Error where the file has not both marks of the block, in their order and once each. */
export function withBlock(file: string, path: string, block: string, text: string): string {
	const [begin, end] = [`<!-- ${block}:begin -->`, `<!-- ${block}:end -->`];
	const [before, inside, ...rest] = file.split(begin);
	const [, after, ...more] = inside?.split(end) ?? [];
	if (before === undefined || after === undefined || rest.length > 0 || more.length > 0) {
		throw new Error(`${path} must have ${begin} and ${end}, once each`);
	}
	return `${before}${begin}\n${text.trimEnd()}\n${end}${after}`;
}

async function unchanged(root: string, path: string): Promise<Rendered> {
	const current = await readFile(join(root, path), "utf8").catch((error: NodeJS.ErrnoException) => {
		if (error.code === "ENOENT") return "";
		throw error;
	});
	return { path, current, wanted: current };
}
