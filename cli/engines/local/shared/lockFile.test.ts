import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { it } from "../../../../tests/support/fixtures.ts";
import { withLockFile } from "./lockFile.ts";

let folder: string;

it.beforeEach(async ({ folder: own }) => {
	folder = own;
});

const never = new AbortController().signal;

it("lets one at a time in, and leaves nothing behind", async () => {
	let inside = 0;
	let most = 0;
	const waiting: number[] = [];
	const enter = (): Promise<void> =>
		withLockFile(
			join(folder, "lock"),
			never,
			(pid) => waiting.push(pid),
			async () => {
				inside += 1;
				most = Math.max(most, inside);
				await new Promise((resolve) => setTimeout(resolve, 20));
				inside -= 1;
			},
		);
	await Promise.all([enter(), enter(), enter()]);
	expect(most).toBe(1);
	expect(waiting).toEqual([process.pid, process.pid]);
	expect(await readdir(folder)).toEqual([]);
});

// Greater than any process id can be (https://man7.org/linux/man-pages/man5/proc_sys_kernel.5.html, pid_max).
it.each(["4194400\n", "4194400 1\n", `${process.pid} 1\n`, "1\n", "", "nonsense"])(
	"takes over a lock that says %j",
	async (content) => {
		await writeFile(join(folder, "lock"), content);
		expect(
			await withLockFile(
				join(folder, "lock"),
				never,
				() => undefined,
				async () => "done",
			),
		).toBe("done");
		expect(await readdir(folder)).toEqual([]);
	},
);

it("stops waiting with the signal's reason, and leaves the owner its lock", async () => {
	// As earlier versions wrote it.
	await writeFile(join(folder, "lock"), `${process.pid}\n`);
	const abort = new AbortController();
	const reason = new Error("Ctrl-C");
	const waits = withLockFile(
		join(folder, "lock"),
		abort.signal,
		() => abort.abort(reason),
		async () => "done",
	);
	await expect(waits).rejects.toBe(reason);
	expect(await readdir(folder)).toEqual(["lock"]);
});

it("gives the lock back when the work fails", async () => {
	const work = withLockFile(
		join(folder, "lock"),
		never,
		() => undefined,
		async () => {
			throw new Error("broken");
		},
	);
	await expect(work).rejects.toThrow("broken");
	expect(await readdir(folder)).toEqual([]);
});
