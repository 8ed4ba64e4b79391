import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { it } from "../../tests/support/fixtures.ts";
import { completionScript, type Shell } from "./completion.ts";
import type { CompletionTable } from "./completionTable.ts";

const table: CompletionTable = {
	commands: [
		{
			words: ["status"],
			summary: "Show it",
			flags: [{ flag: "--watch", takesValue: false, description: "look again" }],
		},
		{
			words: ["replication", "start"],
			summary: "Start it: all",
			flags: [{ flag: "--reload", takesValue: false, description: "the owner's: all" }],
		},
		{ words: ["replication", "stop"], summary: "Stop it", flags: [] },
		{
			words: ["dashboard"],
			summary: "Open it",
			flags: [{ flag: "--port", short: "-p", takesValue: true, description: "port" }],
		},
		{ words: ["dashboard", "url"], summary: "Show where", flags: [] },
		{
			words: ["export"],
			summary: "Save it",
			completes: "exportable",
			flags: [
				{ flag: "--format", takesValue: true, completes: ["csv", "parquet"], description: "format" },
				{ flag: "--name", short: "-n", takesValue: true, completes: "queries", description: "query" },
			],
		},
	],
	flags: [{ flag: "--stack", takesValue: true, completes: "stacks", description: "stack to act on" }],
};

/** Where no file's name could be offered. */
let folder: string;
it.beforeAll(async ({ fileFolder }) => {
	folder = fileFolder;
});

/** What each shell offers for a line whose last word is being typed. */
const offered: Record<Shell, (words: string[]) => string[]> = {
	bash: (words) =>
		output(
			"bash",
			["--norc", "-c"],
			`${completionScript("bash", table)}
pipeline-cli() { echo "$3-$PIPELINE_STACK"; }
COMP_WORDS=(pipeline-cli ${words.map((word) => `"${word}"`).join(" ")}); COMP_CWORD=${words.length}
_pipeline_cli
printf '%s\\n' "\${COMPREPLY[@]}"`,
		),
	// Its completion system needs a terminal: here only what it would be given is shown, and what fits is chosen.
	zsh: (words) =>
		output(
			"zsh",
			["-f", "-c"],
			`compdef() { :; }
_describe() { print -l -- \${(P)2}; }
_files() { :; }
compadd() { shift; print -l -- "$@"; }
pipeline-cli() { echo "$3-$PIPELINE_STACK"; }
${completionScript("zsh", table)}
words=(pipeline-cli ${words.map((word) => `"${word}"`).join(" ")}); CURRENT=${words.length + 1}
_pipeline_cli`,
		)
			.map((line) => line.replace(/:.*/, ""))
			.filter((word) => word.startsWith(words.at(-1) ?? "")),
	fish: (words) =>
		output(
			"fish",
			["--no-config", "-c"],
			`${completionScript("fish", table)}
function pipeline-cli; echo "$argv[3]-$PIPELINE_STACK"; end
complete -C "pipeline-cli ${words.join(" ")}"`,
		).map((line) => line.replace(/\t.*/, "")),
};

function output(shell: Shell, args: string[], script: string): string[] {
	return execFileSync(shell, [...args, script], {
		encoding: "utf8",
		cwd: folder,
		env: { ...process.env, PIPELINE_STACK: "" },
	})
		.split("\n")
		.filter(Boolean);
}

/** bash is everywhere that these tests run; the others are tried where they are installed. */
const here = (["bash", "zsh", "fish"] as const).filter(
	(shell) => shell === "bash" || spawnSync(shell, ["--version"]).status === 0,
);

describe.each(here)("%s", (shell) => {
	it.each([
		[[""], ["dashboard", "export", "replication", "status"]],
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
		[["status", "--w"], ["--watch"]],
		[["--quiet", "replication", "sto"], ["stop"]],
		// The value of an option is not a word of a command.
		[["--stack", "dev", "replication", "sto"], ["stop"]],
		[["dashboard", "-p", "80", "u"], ["url"]],
		[["--stack", ""], ["stacks-"]],
		[["nothing", ""], []],
		// Names that the program is asked for, of the stack that the line names.
		[["export", ""], ["exportable-"]],
		[["export", "one", "ex"], ["exportable-"]],
		[["--stack", "local-x", "export", ""], ["exportable-local-x"]],
		[["export", "--name", "q"], ["queries-"]],
		[["export", "-n", ""], ["queries-"]],
		[["export", "--format", "p"], ["parquet"]],
		// An argument does not hide the options.
		[["export", "one", "--f"], ["--format"]],
	])("%j", (words, wanted) => {
		expect(offered[shell](words).sort()).toEqual(wanted);
	});
});

it("zsh and fish quote what descriptions have", () => {
	for (const shell of ["zsh", "fish"] as const) {
		const script = completionScript(shell, table);
		for (const { words } of table.commands) for (const word of words) expect(script).toContain(word);
		expect(script).toContain("the owner'\\''s");
	}
});

it("bash offers a name as it has to be typed, and never expands it", () => {
	const names = ["$(touch ran)", "order line", "*"];
	const script = `${completionScript("bash", table)}
pipeline-cli() { printf '%s\\n' ${names.map((name) => `'${name}'`).join(" ")}; }
COMP_WORDS=(pipeline-cli export ""); COMP_CWORD=2
_pipeline_cli
printf '%s\\n' "\${COMPREPLY[@]}"`;
	expect(output("bash", ["--norc", "-c"], script)).toEqual(["\\$\\(touch\\ ran\\)", "order\\ line", "\\*"]);
	expect(existsSync(join(folder, "ran"))).toBe(false);
});
