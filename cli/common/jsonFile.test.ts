import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect } from "vitest";
import { z } from "zod";
import { it } from "../../tests/support/fixtures.ts";
import { PipelineError } from "./errors.ts";
import { type JsonKind, parseJson, readJsonFile, readJsonFileIfGood } from "./jsonFile.ts";

const kind: JsonKind<{ version: 1; name: string; sizes?: number[] }> = {
	name: "The list of sizes",
	schema: z.object({ version: z.literal(1), name: z.string(), sizes: z.array(z.number()).exactOptional() }),
	version: 1,
	remedy: (path) => ({ fix: "Remove it.", next: `rm ${path}` }),
};

let folder: string;
let path: string;

it.beforeEach(async ({ folder: own }) => {
	folder = own;
	path = join(folder, "sizes.json");
});

async function errorOf(text: string): Promise<PipelineError> {
	await writeFile(path, text);
	const error = await readJsonFile(path, kind).catch((thrown: unknown) => thrown);
	if (!(error instanceof PipelineError)) throw new Error("no PipelineError", { cause: error });
	return error;
}

describe("readJsonFile", () => {
	it("gives what the file holds, without what this program does not know", async () => {
		await writeFile(path, '{"version":1,"name":"a","sizes":[1],"newer":true}');
		expect(await readJsonFile(path, kind)).toEqual({ version: 1, name: "a", sizes: [1] });
	});

	it("gives nothing where there is no file", async () => {
		expect(await readJsonFile(path, kind)).toBeUndefined();
	});

	it("says where something else is in its place", async () => {
		await mkdir(path);
		await expect(readJsonFile(path, kind)).rejects.toMatchObject({
			text: {
				what: `${path} is a folder, but pipeline-cli needs a file there.`,
				fix: "Move it away, then repeat the command.",
				next: `mv ${path} ${path}.away`,
			},
		});
		expect(await readJsonFileIfGood(path, kind)).toBeUndefined();
	});

	it("passes on what else keeps it from reading", async () => {
		await symlink(path, path);
		await expect(readJsonFile(path, kind)).rejects.toMatchObject({ code: "ELOOP" });
		await expect(readJsonFileIfGood(path, kind)).rejects.toMatchObject({ code: "ELOOP" });
	});

	it.each([
		["empty", "", "It is empty."],
		["blank", " \n", "It is empty."],
		["cut short", '{"version":1,"na', /^It is not valid JSON: .+\.$/],
		["another type", "[]", /^all of it: .*expected object, received array\.$/],
		["null", "null", /^all of it: .*expected object, received null\.$/],
		["a field missing", '{"version":1}', /^name: .*expected string, received undefined\.$/],
		[
			"wrong deep within",
			'{"version":1,"name":"a","sizes":[1,"2"]}',
			/^sizes\.1: .*expected number, received string\.$/,
		],
		["two mistakes", '{"version":1,"name":1,"sizes":2}', /^name: .*; sizes: .*\.$/],
		["an older version", '{"version":0,"name":"a"}', /^version: .*expected 1\.$/],
		["no version", '{"name":"a"}', /^version: /],
	])("%s: says what is wrong, and the remedy", async (_, text, why) => {
		const error = await errorOf(text);
		expect(error.outcome).toBe("failure");
		expect(error.text).toEqual({
			what: "The list of sizes is damaged.",
			why: expect.any(String),
			fix: "Remove it.",
			next: `rm ${path}`,
		});
		const [place, found] = (error.text.why ?? "").split(/: (.*)/s);
		expect(place).toBe(path);
		if (why instanceof RegExp) expect(found).toMatch(why);
		else expect(found).toBe(why);
	});

	it("a newer version: says to upgrade, and not to remove it", async () => {
		expect((await errorOf('{"version":2,"anything":"else"}')).text).toEqual({
			what: "The list of sizes was written by a newer version of pipeline-cli.",
			why: `${path} has version 2; this program reads version 1.`,
			fix: "Upgrade pipeline-cli to the version that wrote it.",
			next: "git pull && npm ci",
		});
	});
});

it("takes a damaged file for none, where it is made again anyway", async () => {
	await writeFile(path, "{");
	expect(await readJsonFileIfGood(path, kind)).toBeUndefined();
	await writeFile(path, '{"version":1,"name":"a"}');
	expect(await readJsonFileIfGood(path, kind)).toEqual({ version: 1, name: "a" });
});

it.each(['{"name": hunter2}', "hunter2", '{"name":{"hunter2":1}}'])("shows nothing of a secret: %s", (text) => {
	const secret: JsonKind<{ name: string }> = {
		name: "The secret",
		schema: z.object({ name: z.string() }),
		remedy: () => ({ fix: "Write it again." }),
		secret: true,
	};
	const read = (): unknown => parseJson(text, "arn:1", secret);
	expect(read).toThrow(PipelineError);
	let shown = "";
	try {
		read();
	} catch (error) {
		// With its stack and causes, as Node prints it.
		shown = inspect(error, { depth: null, showHidden: true });
	}
	expect(shown).toContain("arn:1");
	expect(shown).not.toContain("hunter2");
});
