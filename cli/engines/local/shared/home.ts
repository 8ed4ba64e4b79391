import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../../../common/errors.ts";
import { readIfThere } from "../../../common/fs.ts";

/** The file that keeps a stack out of git, in whatever project it lies; git does not see the file itself, either. */
export const ignoreFile = ".gitignore";
const everything = "*\n";

/** Makes a stack's folder. Only its owner may look into it, and git does not: the lake is a copy of the source. */
export async function makeHome(home: string): Promise<void> {
	await mkdir(home, { recursive: true });
	await chmod(home, 0o700);
	try {
		await writeFile(join(home, ignoreFile), everything, { flag: "wx" });
	} catch (error) {
		if (errorCode(error) !== "EEXIST") throw error;
	}
}

/** Whether a folder's `.gitignore` is the one that `makeHome` writes. */
export async function isHiddenFromGit(home: string): Promise<boolean> {
	return (await readIfThere(join(home, ignoreFile))) === everything;
}
