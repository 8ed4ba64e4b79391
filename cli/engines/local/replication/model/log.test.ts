import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { test } from "../../../../../tests/support/fixtures.ts";
import { RotatingLog } from "./log.ts";

let folder: string;

test.beforeEach(({ folder: own }) => {
	folder = own;
});

test("a full log moves aside, and the oldest goes", () => {
	const log = new RotatingLog(join(folder, "r.log"), 1000, 2);
	for (let number = 0; number < 100; number += 1) log.info(`line ${number} ${"x".repeat(50)}`);
	expect(readdirSync(folder).sort()).toEqual(["r.log", "r.log.1", "r.log.2"]);
	for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThan(1200);
	expect(readFileSync(join(folder, "r.log"), "utf8")).toContain("line 99 ");
	expect(readFileSync(join(folder, "r.log.1"), "utf8")).not.toContain("line 99 ");
});

test("a log that cannot be written ends nothing", () => {
	expect(() => new RotatingLog(join(folder, "missing", "r.log")).error("unheard")).not.toThrow();
});
