import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { commands } from "./commands.ts";
import { projectRoot } from "./common/projectRoot.ts";

const camelCase = (name: string): string => name.replaceAll(/[ -](.)/g, (_, letter: string) => letter.toUpperCase());

it("every command has a folder of its name, and every folder its command", async () => {
	const entries = await readdir(join(projectRoot, "cli", "commands"), { withFileTypes: true });
	const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
	expect(commands.map(({ name }) => camelCase(name)).sort()).toEqual(
		folders.filter((name) => name !== "shared").sort(),
	);
});

it.each(commands.map((command) => [command.name, command] as const))(
	"%s loads its own function",
	async (name, command) => {
		const own: { run: unknown } = await import(`./commands/${camelCase(name)}/run.ts`);
		expect(await command.load()).toBe(own.run);
	},
);
