import type { Policies, PolicyResource, ReportViolation, ResourceValidationArgs } from "@pulumi/policy";
import { beforeAll, describe, expect, it } from "vitest";
import { everyKind } from "../testing/deployed.ts";
import { Program, type Registered } from "../testing/program.ts";
import { deploymentContext } from "./deployment.ts";
import { mutations } from "./mutations.ts";
import { policies } from "./pack.ts";
import type { ResourceOptions, Rule } from "./rule.ts";
import { rules } from "./rules.ts";
import { declared, made, testContext, verdict } from "./verdict.ts";

const programs = new Map<string, Program>();
beforeAll(async () => {
	for (const [kind, run] of Object.entries(everyKind)) programs.set(kind, await run());
}, 120_000);

function program(kind: string): Program {
	const found = programs.get(kind);
	if (found === undefined) throw new Error(`no program ${kind}`);
	return found;
}

/** Two policies of one rule, or one. */
const ofRule = (pack: Policies, { name }: Rule): Policies =>
	pack.filter((policy) => policy.name === name || policy.name === `${name}-in-stack`);

/** What a pack reports of a program: each resource before it is made, and the stack at the end. */
async function reported(pack: Policies, of: Program): Promise<string[]> {
	const messages: string[] = [];
	const report: ReportViolation = (message) => messages.push(String(message));
	for (const policy of pack) {
		if ("validateStack" in policy) {
			const resources = of.resources.map(inStack);
			await policy.validateStack({ ...asked, resources }, report);
			continue;
		}
		const validate = "validateResource" in policy ? policy.validateResource : undefined;
		if (typeof validate !== "function") throw new Error(`${policy.name} validates nothing`);
		for (const resource of of.resources) await validate(beforehand(resource, of), report);
	}
	return messages;
}

const asked = {
	stackTags: new Map<string, string>(),
	getConfig: <T>() => ({}) as T,
	notApplicable: (): never => {
		throw new Error("every policy applies");
	},
};
const shown = ({ ignoreChanges, ...options }: ResourceOptions) => ({
	opts: {
		...options,
		ignoreChanges: [...ignoreChanges],
		aliases: [],
		additionalSecretOutputs: [],
		customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
	},
	isType: () => false,
	asType: () => undefined,
});

function beforehand(resource: Registered, of: Program): ResourceValidationArgs {
	const { type, name, inputs, provider, options } = declared(resource, of);
	const made = provider && { type: provider.type, name: provider.name, props: provider.inputs, urn: provider.name };
	return { ...asked, ...shown(options), type, name, urn: name, props: inputs, ...(made && { provider: made }) };
}

function inStack(resource: Registered): PolicyResource {
	const { type, name, outputs, options } = made(resource);
	return { ...shown(options), type, name, urn: name, props: outputs, dependencies: [], propertyDependencies: {} };
}

const tested = policies(() => testContext);
const deployed = policies(deploymentContext);

describe("the policy pack", () => {
	it("has every rule except the one that needs to know which inputs are secret, and each ends the update", () => {
		const missing = Object.values<Rule>(rules).filter((rule) => ofRule(deployed, rule).length === 0);
		expect(missing.map(({ name }) => name)).toEqual(["no-plain-secrets"]);
		expect(deployed.filter(({ enforcementLevel }) => enforcementLevel !== "mandatory")).toEqual([]);
		expect(new Set(deployed.map(({ name }) => name)).size).toBe(deployed.length);
		expect(deployed).toHaveLength(
			Object.values<Rule>(rules).flatMap(({ resource, stack, needsSecrets }) =>
				needsSecrets ? [] : [resource, stack].filter((part) => part !== undefined),
			).length,
		);
	});

	it.each(Object.keys(everyKind))("reports nothing of %s, in tests and as it is deployed", async (kind) => {
		expect(await reported(tested, program(kind))).toEqual([]);
		expect(await reported(deployed, program(kind))).toEqual([]);
	});
});

const inPack = mutations.filter(([forbids]) => ofRule(tested, rules[forbids]).length > 0);

describe("of a mutated program, the policy pack", () => {
	it.each(inPack)("reports %s as the rule does: %s %s", async (forbids, type, part, mutate) => {
		const name = `analytics-pipeline-prod-${part}`;
		const broken = new Program(
			program("prod").resources.map((resource) => {
				if (resource.type !== type || resource.name !== name) return resource;
				const copy = structuredClone(resource);
				mutate(copy);
				return copy;
			}),
		);
		const expected = verdict(rules[forbids], broken);
		expect(expected).not.toEqual([]);
		expect(await reported(ofRule(tested, rules[forbids]), broken)).toEqual(expected);
		// The region's own partition is not a foreign one where it is deployed to.
		const ofPartition = expected.every((line) => /holds arn:aws:/.test(line));
		expect(await reported(ofRule(deployed, rules[forbids]), broken)).toEqual(ofPartition ? [] : expected);
	});
});

describe("of a deployment, the policies know", () => {
	const provider = (inputs: Record<string, unknown>) =>
		deploymentContext({ type: "pulumi:providers:aws", name: "aws", inputs });

	it.each([
		["eu-central-1", "aws"],
		["cn-north-1", "aws-cn"],
		["us-gov-west-1", "aws-us-gov"],
	])("the provider's region %s, and its partition", (region, partition) => {
		expect(provider({ region })).toMatchObject({ region, partition });
	});

	it("the account where the provider is held to one", () => {
		expect(provider({ allowedAccountIds: '["111122223333"]' }).accountId).toBe("111122223333");
		expect(provider({ allowedAccountIds: ["111122223333"] }).accountId).toBe("111122223333");
		expect(provider({ allowedAccountIds: '["111122223333","444455556666"]' }).accountId).toBeUndefined();
		expect(provider({}).accountId).toBeUndefined();
	});

	it("of a component nothing but the machine", () => {
		expect(deploymentContext(undefined)).toMatchObject({
			region: undefined,
			partition: undefined,
			accountId: undefined,
		});
	});
});
