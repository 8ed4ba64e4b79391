import { expect, it } from "vitest";
import { inodeCheck, spaceCheck } from "./disk.ts";

const disk = { bsize: 4096, bavail: 2 ** 18, files: 1_000_000, ffree: 9_999 };

it("wants room for the environment where it is not there yet, else for a run", () => {
	expect(spaceCheck(disk, "/srv", true)).toEqual({ name: "disk", ok: true, found: "1.0 GiB free at /srv" });
	expect(spaceCheck(disk, "/srv", false)).toMatchObject({
		ok: false,
		fix: expect.stringContaining("Free at least 2 GiB"),
	});
	expect(spaceCheck({ ...disk, bavail: 100 }, "/srv", true)).toMatchObject({
		ok: false,
		found: "0.0 GiB free at /srv",
		fix: expect.stringContaining("0.25 GiB"),
	});
});

it("counts inodes where the file system has a number of them", () => {
	expect(inodeCheck(disk, "/srv")).toMatchObject([{ ok: false, found: "9999 free at /srv" }]);
	expect(inodeCheck({ ...disk, ffree: 10_000 }, "/srv")).toMatchObject([{ ok: true }]);
	expect(inodeCheck({ ...disk, files: 0, ffree: 0 }, "/srv")).toEqual([]);
});
