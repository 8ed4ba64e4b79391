import { describe, expect, it } from "vitest";
import { PipelineError } from "../../../common/errors.ts";
import { ChildFailure } from "./child.ts";
import { setupError } from "./diagnosis.ts";

function diagnose(...lines: string[]): PipelineError {
	const error = setupError("It failed.", new ChildFailure("pip ended with 1.", lines, "/home/logs/pip.log"));
	if (error instanceof PipelineError) return error;
	throw error;
}

describe("setupError", () => {
	it.each([
		["ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"],
		["E: You don't have enough free space in /var/cache/apt/archives/.", "disk is full"],
		["[ERROR] InnoDB: preallocating 33554432 bytes for file ./ib_logfile101 failed with error 28", "disk is full"],
		["OSError: [Errno 30] Read-only file system: '/x/python'", "not writable"],
		["Error: [Errno 13] Permission denied: '/x/python'", "not writable"],
		["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "differs from the lock file"],
		["W: Failed to fetch http://deb.example/x  Temporary failure resolving 'deb.example'", "cannot be reached"],
		["ERROR: No matching distribution found for setuptools==80.10.2", "cannot be reached"],
	])("knows the cause of %j", (line, cause) => {
		const { why, fix } = diagnose("Collecting numpy", line).text;
		expect(why).toContain(cause);
		expect(why).toContain(line);
		expect(fix).toContain("/home/logs/pip.log");
	});

	it("shows the last lines where the cause is not known", () => {
		const { what, why, next } = diagnose("one", "", "something odd").text;
		expect(what).toBe("It failed.");
		expect(why).toBe("pip ended with 1.\n  one\n  something odd");
		expect(next).toBe("pipeline-cli setup");
	});

	it("words errors of the file system", () => {
		const error = Object.assign(new Error("EROFS: read-only file system, mkdir '/x'"), { code: "EROFS" });
		expect(setupError("It failed.", error)).toMatchObject({
			text: { why: expect.stringContaining("not writable") },
		});
	});

	it("leaves other errors and finished messages alone", () => {
		const fault = new TypeError("x is not a function");
		expect(setupError("It failed.", fault)).toBe(fault);
		const finished = new PipelineError("failure", { what: "Known." });
		expect(setupError("It failed.", finished)).toBe(finished);
	});
});
