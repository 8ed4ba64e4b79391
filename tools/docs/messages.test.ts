import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { it } from "../../tests/support/fixtures.ts";

/** What the program says: its sources without comments, with `…` for each expression in a text. */
const said = readdirSync(join(projectRoot, "cli"), { recursive: true, encoding: "utf8" })
	.filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
	.map((name) => readFileSync(join(projectRoot, "cli", name), "utf8").replace(/^\s*(\/\/|\*|\/\*).*$/gm, ""))
	.join("\n");

const page = readFileSync(join(projectRoot, "docs", "troubleshooting.md"), "utf8");

/** Messages of the first column: code that is a sentence, or ends in what it leaves open. */
const messages = [...page.matchAll(/^\| (?:exit code \d+, )?`([^`]+)`/gm)].map(([, message = ""]) => message);

describe("docs/troubleshooting.md", () => {
	it("has messages", () => {
		expect(messages.length).toBeGreaterThan(30);
	});

	it.each(messages)("the program says: %s", (message) => {
		const parts = message.split("…").map((part) => part.trim());
		for (const part of parts.filter((text) => /\w{2}/.test(text))) expect(said).toContain(part);
	});
});
