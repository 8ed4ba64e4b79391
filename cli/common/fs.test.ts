import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { it } from "../../tests/support/fixtures.ts";
import {
	entriesOf,
	exists,
	isMissing,
	makeFolder,
	NotAFile,
	namesIn,
	readIfThere,
	removeBelow,
	writeFileAtomic,
} from "./fs.ts";

let folder: string;

it.beforeEach(async ({ folder: own }) => {
	folder = own;
	await writeFile(join(folder, "file"), "text");
});

/** What is not there: a name in a folder, a folder on the way, a "folder" that is a file. */
const missing = ["none", "none/below", "file/below"];

describe("a path with nothing at it", () => {
	it.each(missing)("%s does not exist, has no text and no entries", async (name) => {
		const path = join(folder, name);
		expect(await exists(path)).toBe(false);
		expect(await readIfThere(path)).toBeUndefined();
		expect(await entriesOf(path)).toEqual([]);
		expect(await namesIn(path)).toEqual([]);
	});

	it("is all that counts as missing", async () => {
		expect(isMissing(await readFile(join(folder, "none")).catch((error: unknown) => error))).toBe(true);
		expect(isMissing(await readFile(folder).catch((error: unknown) => error))).toBe(false);
		expect(isMissing(new Error("ENOENT"))).toBe(false);
		expect(isMissing(undefined)).toBe(false);
	});
});

it("passes on every other error, where an answer would be a guess", async () => {
	// Longer than any file system's names.
	const path = join(folder, "n".repeat(5000));
	for (const operation of [exists, readIfThere, entriesOf, namesIn]) {
		await expect(operation(path)).rejects.toThrow("ENAMETOOLONG");
	}
});

it("names what cannot be read as a file, instead of waiting for it, with a command that moves it away", async () => {
	const [pipe, socket] = [join(folder, "the pipe"), join(folder, "socket")];
	execFileSync("mkfifo", [pipe]);
	const server = createServer().listen(socket);
	await once(server, "listening");
	try {
		const found: [string, string][] = [
			[folder, "a folder"],
			[pipe, "a named pipe"],
			[socket, "a socket"],
			["/dev/zero", "a device"],
		];
		for (const [path, what] of found) {
			const error = await readIfThere(path).catch((thrown: unknown) => thrown);
			expect(error).toBeInstanceOf(NotAFile);
			expect((error as NotAFile).text.what).toBe(`${path} is ${what}, but pipeline-cli needs a file there.`);
		}
		expect(((await readIfThere(pipe).catch((thrown: unknown) => thrown)) as NotAFile).text.next).toBe(
			`mv '${pipe}' '${pipe}.away'`,
		);
	} finally {
		server.close();
	}
});

it("lists a folder's names in order, and its entries with their kinds", async () => {
	await mkdir(join(folder, "b"));
	await writeFile(join(folder, "a"), "");
	expect(await namesIn(folder)).toEqual(["a", "b", "file"]);
	const folders = (await entriesOf(folder)).filter((entry) => entry.isDirectory());
	expect(folders.map((entry) => entry.name)).toEqual(["b"]);
});

it("finds files and folders", async () => {
	expect(await exists(join(folder, "file"))).toBe(true);
	expect(await exists(folder)).toBe(true);
	expect(await readIfThere(join(folder, "file"))).toBe("text");
});

it("makes a folder with those above it, and finds it there the next time", async () => {
	const path = join(folder, "a", "b", "c");
	await makeFolder(path);
	await makeFolder(path);
	expect((await stat(path)).isDirectory()).toBe(true);
});

describe("writeFileAtomic", () => {
	it("replaces the content, with the permissions asked for", async () => {
		const path = join(folder, "secret");
		await writeFileAtomic(path, "one", 0o600);
		await writeFileAtomic(path, "two", 0o600);
		expect(await readFile(path, "utf8")).toBe("two");
		expect((await stat(path)).mode & 0o777).toBe(0o600);
		expect((await readdir(folder)).sort()).toEqual(["file", "secret"]);
	});

	it("leaves the old content and nothing else where it fails", async () => {
		await mkdir(join(folder, "taken", "x"), { recursive: true });
		await expect(writeFileAtomic(join(folder, "taken"), "two")).rejects.toThrow();
		expect((await readdir(folder)).sort()).toEqual(["file", "taken"]);
	});
});

describe("a symbolic link below a root", () => {
	it.beforeEach(async () => {
		await mkdir(join(folder, "elsewhere", "data"), { recursive: true });
		await writeFile(join(folder, "elsewhere", "data", "precious"), "not ours");
		await mkdir(join(folder, "root", "own"), { recursive: true });
		await symlink(join(folder, "elsewhere"), join(folder, "root", "link"));
		await symlink(join(folder, "elsewhere"), join(folder, "root", "own", "inside"));
	});

	const precious = () => readFile(join(folder, "elsewhere", "data", "precious"), "utf8");

	it("is not followed when something behind it is to be removed", async () => {
		for (const path of ["link/data", "link/data/precious", "own/inside/data"]) {
			await expect(removeBelow(join(folder, "root"), path)).rejects.toThrow("is a symbolic link");
		}
		expect(await precious()).toBe("not ours");
	});

	it("is removed itself, alone or in a folder, and what it leads to stays", async () => {
		await removeBelow(join(folder, "root"), "link");
		await removeBelow(join(folder, "root"), "own");
		await removeBelow(join(folder, "root"), "none/at/all");
		expect(await namesIn(join(folder, "root"))).toEqual([]);
		expect(await precious()).toBe("not ours");
	});

	it("may be the root", async () => {
		await symlink(join(folder, "elsewhere"), join(folder, "large"));
		await removeBelow(join(folder, "large"), "data");
		expect(await namesIn(join(folder, "elsewhere"))).toEqual([]);
	});
});
