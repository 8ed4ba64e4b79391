import { execFile } from "node:child_process";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { exists } from "../../../cli/common/fs.ts";
import { projectRoot } from "../../../cli/common/projectRoot.ts";

const run = promisify(execFile);
const own = import.meta.dirname;
const kept = join(projectRoot, ".pipeline", "test-servers", "dqdl-1.0.0");

/**
 * The parser's folder of libraries, got by Maven on first use and kept.
 *
 * @throws Error where there is no Java or no Maven here, or Maven's registry cannot be reached
 */
export async function dqdlLibraries(): Promise<string> {
	await run("java", ["-version"]);
	if (await exists(kept)) return kept;
	// Moved into its place once it is whole.
	const folder = `${kept}.${process.pid}`;
	await mkdir(folder, { recursive: true });
	try {
		const target = [`-DoutputDirectory=${folder}`, "-DincludeScope=runtime"];
		const options = { timeout: 240_000 };
		await run("mvn", ["-q", "-B", "-f", join(own, "pom.xml"), "dependency:copy-dependencies", ...target], options);
		await rename(folder, kept);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
	return kept;
}

/** @returns for each ruleset how many rules AWS's parser finds in it, or why it refuses it */
export async function parseDqdl(libraries: string, rulesets: readonly string[]): Promise<string[]> {
	const child = run("java", ["-cp", join(libraries, "*"), join(own, "ParseDqdl.java")]);
	child.child.stdin?.end(rulesets.map((ruleset) => `${ruleset}\0`).join(""));
	return (await child).stdout.trimEnd().split("\n");
}
