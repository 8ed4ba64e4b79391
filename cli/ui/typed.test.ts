import { describe, expect, it } from "vitest";
import { asTyped, type CallForm, calledAs } from "./typed.ts";

const commands = ["up", "status", "source", "query"];
const typed = (text: string, form: Partial<CallForm>): string =>
	asTyped(text, { program: "pipeline-cli", commands, ...form });

const npx = { program: "npx pipeline-cli" };

describe("what the user is asked to run", () => {
	it("is as it was called", () => {
		expect(typed("next: pipeline-cli status", {})).toBe("next: pipeline-cli status");
		expect(typed("next: pipeline-cli status", npx)).toBe("next: npx pipeline-cli status");
		expect(typed("  npx pipeline-cli up", npx)).toBe("  npx pipeline-cli up");
		expect(typed("  npx pipeline-cli up", {})).toBe("  pipeline-cli up");
		expect(typed("next: pipeline-cli up --every 5m", { program: "node dist/pipeline-cli.js" })).toBe(
			"next: node dist/pipeline-cli.js up --every 5m",
		);
	});

	it("names the stack that was named, unless it names one itself", () => {
		const form = { ...npx, stack: "local-two" };
		expect(typed("See: pipeline-cli query --list", form)).toBe("See: npx pipeline-cli --stack local-two query --list");
		expect(typed("pipeline-cli up --stack local-three\npipeline-cli up", form)).toBe(
			"npx pipeline-cli up --stack local-three\nnpx pipeline-cli --stack local-two up",
		);
		expect(typed("next: pipeline-cli --help", form)).toBe("next: npx pipeline-cli --help");
	});

	it("is found in prose, between backticks, in colour, and in a usage", () => {
		expect(typed("Use `pipeline-cli up`, or (pipeline-cli status).", npx)).toBe(
			"Use `npx pipeline-cli up`, or (npx pipeline-cli status).",
		);
		expect(typed("\u001b[1mpipeline-cli status\u001b[22m", npx)).toBe("\u001b[1mnpx pipeline-cli status\u001b[22m");
		expect(typed("Usage: pipeline-cli [options] [command]", npx)).toBe("Usage: npx pipeline-cli [options] [command]");
	});

	it("leaves alone what does not call it", () => {
		const text = "a bug of pipeline-cli; pipeline-cli needs Node.js; dist/pipeline-cli up; pipeline-cli upgrade";
		expect(typed(text, { ...npx, stack: "local-two" })).toBe(text);
	});
});

describe("the program is called as", () => {
	const env = { PATH: "/usr/bin:/home/me/.local/bin" };
	it.each([
		["npx", { npm_command: "exec" }, "/p/node_modules/.bin/pipeline-cli", "npx pipeline-cli"],
		["npm run demo", { npm_command: "run-script" }, "/p/dist/pipeline-cli.js", "npx pipeline-cli"],
		["npm run", { npm_command: "run" }, "/p/dist/pipeline-cli.js", "npx pipeline-cli"],
		["a name on PATH", {}, "/home/me/.local/bin/pipeline-cli", "pipeline-cli"],
		["a relative folder of PATH", { PATH: "node_modules/.bin" }, "/p/node_modules/.bin/pipeline-cli", "pipeline-cli"],
		["a path", {}, "/p/node_modules/.bin/pipeline-cli", "./node_modules/.bin/pipeline-cli"],
		["a path elsewhere", {}, "/opt/x/pipeline-cli", "/opt/x/pipeline-cli"],
		["a script", {}, "/p/dist/pipeline-cli.js", "node dist/pipeline-cli.js"],
		["a script elsewhere", {}, "/my project/pipeline-cli.js", "node '/my project/pipeline-cli.js'"],
		["npm test", { npm_command: "test" }, "/p/dist/pipeline-cli.js", "node dist/pipeline-cli.js"],
		["a part of another program", {}, "/p/node_modules/vitest/vitest.mjs", "pipeline-cli"],
		["nothing", {}, undefined, "pipeline-cli"],
	])("%s", (_, more, script, expected) => {
		expect(calledAs({ script, env: { ...env, ...more }, cwd: "/p" })).toBe(expected);
	});
});
