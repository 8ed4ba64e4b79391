import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { textLines } from "./textLines.ts";

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "lines-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function lines(content: string | Uint8Array): Promise<string[]> {
	const path = join(folder, "clicks.json.gz");
	await writeFile(path, content);
	const found: string[] = [];
	for await (const line of textLines(path, true)) found.push(line);
	return found;
}

describe("lines of a gzip file", () => {
	it("are its text's", async () => {
		expect(await lines(gzipSync("a\n\nb\u2028c"))).toEqual(["a", "b\u2028c"]);
	});

	it.each([
		["is not gzip", '{"n":1}'],
		["is cut off", gzipSync("x".repeat(1000)).subarray(0, 20)],
	])("are refused with the file's name where it %s", async (_, content) => {
		await expect(lines(content)).rejects.toMatchObject({
			outcome: "failure",
			message: expect.stringMatching(/^clicks\.json\.gz has the name of a gzip file, but is not an intact one: /),
		});
	});
});
