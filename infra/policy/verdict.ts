import { generatedSecret, mockedId, mockedState, testEnvironment } from "../testing/mockedCloud.ts";
import type { Program, Registered } from "../testing/program.ts";
import { repositoryPath } from "../testing/stack.ts";
import type { Context, Declared, Made, ResourceOptions, Rule } from "./rule.ts";

/** The tests' place: whatever is written into the program shows, since no other has it. */
export const testContext: Context = {
	partition: testEnvironment.partition,
	region: testEnvironment.region,
	accountId: testEnvironment.accountId,
	folders: [repositoryPath(".").replace(/\/$/, "")],
	secretTexts: [generatedSecret],
};

/** What breaks the rule in a program under mocks. */
export function verdict(rule: Rule, program: Program): string[] {
	return [
		...program.resources.flatMap((resource) => rule.resource?.(declared(resource, program), testContext) ?? []),
		...(rule.stack?.(program.resources.map(made), testContext) ?? []),
	];
}

export function declared({ type, name, inputs, secrets, provider, options }: Registered, program: Program): Declared {
	const by = program.ofType(`pulumi:providers:${type.split(":")[0]}`).find((other) => other.name === provider);
	const made = by && { type: by.type, name: by.name, inputs: by.inputs };
	return { type, name, inputs, secrets, provider: made, options: optionsOf(options) };
}

export function made({ type, name, inputs, options }: Registered): Made {
	const outputs = { id: mockedId(type, name), ...mockedState(type, name, inputs) };
	return { type, name, outputs, options: optionsOf(options) };
}

function optionsOf(options: readonly string[]): ResourceOptions {
	const ignored = options.find((option) => option.startsWith("ignoreChanges "));
	return {
		protect: options.includes("protected"),
		ignoreChanges: ignored === undefined ? [] : ignored.slice("ignoreChanges ".length).split(", "),
		deleteBeforeReplace: options.includes("deleteBeforeReplace"),
	};
}
