import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { type CompletionTable, completionScript, shells } from "./completion.ts";

const table: CompletionTable = {
	verbs: [
		{ words: ["status"], summary: "Show it", flags: [{ flag: "--watch", description: "look again" }] },
		{
			words: ["replication", "start"],
			summary: "Start it",
			flags: [{ flag: "--reload", description: "the owner's: all" }],
		},
		{ words: ["replication", "stop"], summary: "Stop it", flags: [] },
		{ words: ["dashboard"], summary: "Open it", flags: [] },
		{ words: ["dashboard", "url"], summary: "Show where", flags: [] },
	],
	flags: [{ flag: "--stack", description: "stack to act on" }],
};

/** What bash would offer for a line whose last word is being typed. */
function offered(...words: string[]): string[] {
	const line = `${completionScript("bash", table)}
COMP_WORDS=(pipeline-cli ${words.map((word) => `"${word}"`).join(" ")}); COMP_CWORD=${words.length}
_pipeline_cli
printf '%s\\n' "\${COMPREPLY[@]}"`;
	return execFileSync("bash", ["-c", line], { encoding: "utf8" }).split("\n").filter(Boolean);
}

describe("bash", () => {
	it.each([
		[[""], ["status", "replication", "dashboard"]],
		[["re"], ["replication"]],
		[
			["replication", "st"],
			["start", "stop"],
		],
		[["dashboard", ""], ["url"]],
		[
			["replication", "start", "--"],
			["--reload", "--stack"],
		],
		[["--json", "replication", "sto"], ["stop"]],
		[["status", "--w"], ["--watch"]],
	])("%j", (words, wanted) => {
		expect(offered(...words)).toEqual(wanted);
	});
});

it.each(shells)("%s: names every word, and quotes what descriptions have", (shell) => {
	const script = completionScript(shell, table);
	for (const { words } of table.verbs) for (const word of words) expect(script).toContain(word);
	if (shell !== "bash") expect(script).toContain("the owner'\\''s");
});
