import type {
	Policies,
	PolicyResource,
	PolicyResourceOptions,
	ResourceValidationArgs,
	ResourceValidationPolicy,
	StackValidationPolicy,
} from "@pulumi/policy";
import type { Context, Declared, DeclaredProvider, Made, ResourceOptions, Rule } from "./rule.ts";
import { rules } from "./rules.ts";
import { withUploads } from "./uploads.ts";

/** What is known of place and machine, by the provider that makes a resource. */
export type ContextOf = (provider: DeclaredProvider | undefined) => Context;

/** The rules as policies of Pulumi, without those that need what a policy is not shown. A broken one ends the update. */
export function policies(contextOf: ContextOf): Policies {
	return Object.entries<Rule>(rules)
		.filter(([, rule]) => rule.needsSecrets !== true)
		.flatMap(([forbids, rule]) => [...ofResource(forbids, rule, contextOf), ...ofStack(forbids, rule, contextOf)]);
}

function ofResource(forbids: string, { name, resource: rule }: Rule, contextOf: ContextOf): ResourceValidationPolicy[] {
	if (rule === undefined) return [];
	return [
		{
			name,
			description: `Forbids ${forbids}.`,
			enforcementLevel: "mandatory",
			validateResource: async (args, report) => {
				const resource = await declared(args);
				for (const violation of rule(resource, contextOf(resource.provider))) report(violation);
			},
		},
	];
}

function ofStack(forbids: string, { name, stack: rule }: Rule, contextOf: ContextOf): StackValidationPolicy[] {
	if (rule === undefined) return [];
	return [
		{
			name: `${name}-in-stack`,
			description: `Forbids ${forbids}, if several resources together show it.`,
			enforcementLevel: "mandatory",
			validateStack: ({ resources }, report) => {
				const provider = resources.find(({ type }) => type === "pulumi:providers:aws");
				const context = contextOf(provider && { type: provider.type, name: provider.name, inputs: provider.props });
				for (const violation of rule(resources.map(made), context)) report(violation);
			},
		},
	];
}

async function declared({ type, name, props, provider, opts }: ResourceValidationArgs): Promise<Declared> {
	return {
		type,
		name,
		inputs: await withUploads(props),
		provider: provider && { type: provider.type, name: provider.name, inputs: provider.props },
		secrets: undefined,
		options: optionsOf(opts),
	};
}

function made({ type, name, props, opts }: PolicyResource): Made {
	return { type, name, outputs: props, options: optionsOf(opts) };
}

function optionsOf({ protect, ignoreChanges, deleteBeforeReplace = false }: PolicyResourceOptions): ResourceOptions {
	return { protect, ignoreChanges, deleteBeforeReplace };
}
