import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base } from "vitest";
import { testContext } from "./context.ts";

async function newFolder(parent: string, onCleanup: (remove: () => Promise<void>) => void): Promise<string> {
	const folder = await mkdtemp(join(parent, "pipeline-test-"));
	onCleanup(() => rm(folder, { recursive: true, force: true }));
	return folder;
}

/** What a test asks for by name, of unit and of integration tests: made for who asks, and removed after it, also where it fails. */
export const test = base
	/** The system's folder for temporary files, no link. */
	.extend("temporary", { scope: "file" }, () => realpath(tmpdir()))
	/** A folder of the test's own. */
	.extend("folder", ({ temporary }, { onCleanup }) => newFolder(temporary, onCleanup))
	/** A folder for all tests of a file. */
	.extend("fileFolder", { scope: "file" }, ({ temporary }, { onCleanup }) => newFolder(temporary, onCleanup))
	/** Ctrl-C, or the timeout, of `context`. */
	.extend("abort", () => new AbortController())
	/** Notes what would be shown. */
	.extend("context", ({ abort }) => testContext(abort.signal))
	/** The same, for what a file sets up once. */
	.extend("fileContext", { scope: "file" }, () => testContext());

export const it = test;
