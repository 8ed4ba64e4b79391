import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RotatingLog } from "./log.ts";

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "pipeline-log-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

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
