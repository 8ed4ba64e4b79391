import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commands } from "../../cli/commands.ts";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { buildProgram } from "../../cli/program.ts";
import { calls, shellBlocks } from "./shellBlocks.ts";

const pages = ["README.md", "CONTRIBUTING.md", ...readdirSync(join(projectRoot, "docs")).map((name) => `docs/${name}`)];
const blocks = pages
	.filter((page) => page.endsWith(".md"))
	.flatMap((page) => shellBlocks(page, readFileSync(join(projectRoot, page), "utf8")));

/** Where blocks run; tests/local/pages.test.ts runs those of `demo` and `own`. */
const places = ["npm", "demo", "own", "aws", "notebook", "service", "recovery", "elsewhere"];

/** @throws Error that says what is wrong with the arguments. */
async function parsed(args: readonly string[]): Promise<string | undefined> {
	let name: string | undefined;
	const program = buildProgram("1", commands, async (command) => {
		name = command.name;
	});
	for (const one of [program, ...program.commands.flatMap((child) => [child, ...child.commands])]) {
		one.exitOverride().configureOutput({ writeErr: () => undefined, outputError: () => undefined });
	}
	await program.parseAsync([...args], { from: "user" });
	return name;
}

describe("commands in the pages", () => {
	it("are in blocks that say where they run, and are called as they can be called", () => {
		expect(blocks.length).toBeGreaterThan(10);
		for (const { page, line, where, commands: lines } of blocks) {
			expect(places, `${page}:${line}`).toContain(where);
			for (const one of lines) expect(one, `${page}:${line}`).not.toMatch(/^pipeline-cli /);
		}
	});

	it("are commands, with options that they have", async () => {
		const all = blocks.flatMap(({ commands: lines }) => lines.flatMap(calls));
		expect(all.length).toBeGreaterThan(20);
		for (const args of all) expect(await parsed(args), args.join(" ")).toBeTypeOf("string");
	});

	it("of npm are scripts", () => {
		const { scripts } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
			scripts: Record<string, string>;
		};
		const called = blocks
			.flatMap(({ commands: lines }) => lines)
			.flatMap((line) => [...line.matchAll(/npm (?:run )?(\w+(?::\w+)?)/g)].map(([, name = ""]) => name));
		expect(called).toContain("demo");
		for (const name of called) if (!["ci", "install"].includes(name)) expect(Object.keys(scripts)).toContain(name);
	});
});

describe("examples in the help", () => {
	it.each(commands.map((command) => [command.name, command] as const))(
		"of %s are taken by it",
		async (name, command) => {
			for (const [, line] of command.examples) {
				for (const args of calls(`pipeline-cli ${line}`)) expect(await parsed(args), line).toBe(name);
			}
		},
	);
});

describe("a block", () => {
	it("has its commands, as the shell would take them", () => {
		const text =
			"# A\n\n```sh demo\nnpx pipeline-cli query \"SELECT 'a' # b\" > x.csv && pipeline-cli down  # c\nls \\\n  -l\n```\n\n```\nno\n```\n";
		const [block, none] = shellBlocks("a.md", text);
		expect(none).toBeUndefined();
		expect(block).toMatchObject({ page: "a.md", line: 4, where: "demo", commands: [expect.any(String), "ls   -l"] });
		expect(calls(block?.commands[0] ?? "")).toEqual([["query", "SELECT 'a' # b"], ["down"]]);
		expect(calls("A=b npx pipeline-cli status --json")).toEqual([["status", "--json"]]);
		expect(calls("npx pipeline-cli status --json | jq -r .stack")).toEqual([["status", "--json"]]);
	});

	it("without a language counts where it calls the command line", () => {
		expect(shellBlocks("a.md", "```\npipeline-cli down\n```\n")).toMatchObject([{ where: undefined }]);
	});
});
