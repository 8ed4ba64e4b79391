import { execFile } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { projectRoot } from "../../cli/common/projectRoot.ts";

/** Notes every module that Node is asked for, in a file for each process. */
const hook = `import { appendFileSync } from "node:fs";
export async function resolve(name, context, next) {
	const found = await next(name, context);
	appendFileSync(process.env.LOADED_MODULES + "/" + process.pid, found.url + "\\n");
	return found;
}`;
const dataUrl = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;
const register = dataUrl(`import { register } from "node:module"; register(${JSON.stringify(dataUrl(hook))});`);

/**
 * Runs one of the built programs, which need not succeed, and sees what the process itself loads.
 * @param folder for its notes.
 * @param more of its environment.
 * @returns packages of which it has loaded something, in the bundle or beside it, sorted.
 */
export async function loadedPackages(
	program: string,
	args: readonly string[],
	folder: string,
	more: Record<string, string> = {},
): Promise<string[]> {
	await mkdir(folder, { recursive: true });
	const built = join(projectRoot, "dist");
	const command = ["--import", register, join(built, program), ...args];
	const pid = await new Promise<number | undefined>((resolve) => {
		const child = execFile(
			process.execPath,
			command,
			{ env: { ...process.env, ...more, LOADED_MODULES: folder } },
			() => resolve(child.pid),
		);
	});
	const found = new Set<string>();
	for (const url of new Set((await readFile(join(folder, `${pid}`), "utf8")).trim().split("\n"))) {
		if (!url.startsWith("file:")) continue;
		const path = fileURLToPath(url);
		// The bundler names each file that it has put into a chunk.
		const files = path.startsWith(built) ? await readFile(path, "utf8") : `// ${path}`;
		for (const [, name] of files.matchAll(/^\/\/ .*?node_modules\/((?:@[^/\s]+\/)?[^/\s]+)/gm))
			found.add(name as string);
	}
	return [...found].sort();
}
