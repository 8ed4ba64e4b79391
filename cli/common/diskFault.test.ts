import { chmod, mkdir, open, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { it } from "../../tests/support/fixtures.ts";
import { diskFault } from "./diskFault.ts";

const next = "pipeline-cli run-etl";

async function failed(work: Promise<unknown>): Promise<unknown> {
	return work.then(
		() => {
			throw new Error("nothing failed");
		},
		(error: unknown) => error,
	);
}

describe("what the disk refused", () => {
	it("names what is in the way of a file or a folder", async ({ folder }) => {
		const place = join(folder, "status.json");
		await mkdir(place);
		const file = diskFault(await failed(readFile(place)), next);
		expect(file?.text).toMatchObject({ fix: "Move it away, then repeat the command.", next });
		await writeFile(join(folder, "runs"), "");
		const below = diskFault(await failed(readdir(join(folder, "runs"))), next);
		expect(below?.text.what).toBe(`${join(folder, "runs")} is a file, but pipeline-cli needs a folder there.`);
		await symlink("loop", join(folder, "loop"));
		expect(diskFault(await failed(open(join(folder, "loop"))), next)?.text.what).toContain(join(folder, "loop"));
	});

	// Root may do everything.
	it.skipIf(process.getuid?.() === 0)("names what may not be written", async ({ folder }) => {
		await chmod(folder, 0o500);
		const error = diskFault(await failed(writeFile(join(folder, "a"), "")), next);
		expect(error?.text.what).toBe(`pipeline-cli has no permission to read or write ${join(folder, "a")}.`);
		await chmod(folder, 0o700);
	});

	it.for([
		["ENOSPC", "The disk is full."],
		["EDQUOT", "The disk is full."],
		["EROFS", "pipeline-cli has no permission to read or write /lake."],
		["EMFILE", "pipeline-cli has reached the limit of open files."],
		["EIO", "Reading or writing the disk failed: /lake."],
		["EFBIG", "/lake has reached the limit of file size."],
	] as const)("of the kind %s is said", ([code, what]) => {
		const error = diskFault(Object.assign(new Error(`${code}: refused`), { code, path: "/lake" }), next);
		expect(error).toMatchObject({ outcome: "failure", text: { what, why: `${code}: refused`, next } });
	});

	it("is a full disk also in the words of a library", () => {
		expect(diskFault(new Error("IO Error: No space left on device"), next)?.text.what).toBe("The disk is full.");
	});

	it.for([
		new TypeError("x is not a function"),
		Object.assign(new Error("no"), { code: "toString" }),
		"text",
		undefined,
	])("is not taken for a fault of our own: %s", (error) => expect(diskFault(error, next)).toBeUndefined());
});
