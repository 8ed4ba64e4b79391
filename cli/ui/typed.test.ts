import { describe, expect, it } from "vitest";
import { asTyped, type CallForm, isByNpm } from "./typed.ts";

const commands = ["up", "status", "source", "query"];
const typed = (text: string, form: Partial<CallForm>): string =>
	asTyped(text, { npx: false, stack: undefined, commands, ...form });

describe("what the user is asked to run", () => {
	it("is as it was called: by npx, or from PATH", () => {
		expect(typed("next: pipeline-cli status", {})).toBe("next: pipeline-cli status");
		expect(typed("next: pipeline-cli status", { npx: true })).toBe("next: npx pipeline-cli status");
		expect(typed("  npx pipeline-cli up", { npx: true })).toBe("  npx pipeline-cli up");
	});

	it("names the stack that was named, unless it names one itself", () => {
		const form = { npx: true, stack: "local-two" };
		expect(typed("See: pipeline-cli query --list", form)).toBe("See: npx pipeline-cli --stack local-two query --list");
		expect(typed("pipeline-cli up --stack local-three\npipeline-cli up", form)).toBe(
			"npx pipeline-cli up --stack local-three\nnpx pipeline-cli --stack local-two up",
		);
	});

	it("is found in prose, between backticks, and in colour", () => {
		expect(typed("Use `pipeline-cli up`, or (pipeline-cli status).", { npx: true })).toBe(
			"Use `npx pipeline-cli up`, or (npx pipeline-cli status).",
		);
		expect(typed("\u001b[1mpipeline-cli status\u001b[22m", { npx: true })).toBe(
			"\u001b[1mnpx pipeline-cli status\u001b[22m",
		);
	});

	it("leaves alone what does not call it", () => {
		const text = "a bug of pipeline-cli; pipeline-cli needs Node.js; dist/pipeline-cli up; pipeline-cli upgrade";
		expect(typed(text, { npx: true, stack: "local-two" })).toBe(text);
	});
});

it.each([
	["exec", true],
	["run", true],
	["run-script", true],
	["test", false],
	["", false],
	[undefined, false],
])("takes npm_command %s for a call by npm: %s", (npm_command, expected) => {
	expect(isByNpm(npm_command === undefined ? {} : { npm_command })).toBe(expected);
});
