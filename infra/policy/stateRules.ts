import { isOfCloud, type Rule, texts } from "./rule.ts";

/**
 * Components are compared by all of their inputs: any that were registered would show them as changed whenever something
 * changes that they only hand on, and would put it into the state of the stack.
 */
export const noComponentInputs: Rule = {
	name: "no-component-inputs",
	resource: ({ type, name, inputs }) => {
		const keys = type.startsWith("analytics:") ? Object.keys(inputs) : [];
		return keys.length === 0 ? [] : [`${name} registers ${keys.join(", ")}`];
	},
};

/** Homes of people on the usual systems. */
const homes = /(?<![\w./-])\/(root|(home|Users)\/[^/\s]+)\/|\b[A-Z]:\\Users\\/;

/** The same program has the same outcome on every machine. */
export const noMachinePaths: Rule = {
	name: "no-machine-paths",
	resource: ({ name, inputs }, { folders }) => {
		const own = folders.map((folder) => new RegExp(`(?<![\\w./-])${folder.replaceAll(/[^\w/]/g, "\\$&")}(?![\\w.-])`));
		return texts(inputs)
			.filter(([, text]) => [homes, ...own].some((pattern) => pattern.test(text)))
			.map(([path]) => `${name} has a path of this machine at ${path}`);
	},
};

/** A region's name that is not the one deployed to, or the ARN of another partition. */
export const portable: Rule = {
	name: "no-fixed-place",
	resource: (resource, { partition, region }) => {
		if (!isOfCloud(resource)) return [];
		// A path has the keys of maps.
		const all = texts(resource.inputs).flat();
		const arns = all.flatMap((text) =>
			[...text.matchAll(/arn:(aws(?:-cn|-us-gov)?):[^"]*/g)]
				.filter(([, found]) => found !== partition)
				.map(([arn]) => arn),
		);
		const regions = all.flatMap((text) => text.match(regionName) ?? []).filter((found) => found !== region);
		return [...(partition === undefined ? [] : arns), ...(region === undefined ? [] : regions)].map(
			(found) => `${resource.name} holds ${found}`,
		);
	},
};

const regionName =
	/\b(af|ap|ca|cn|eu|il|me|mx|sa|us)(-gov)?-(central|east|north|northeast|northwest|south|southeast|southwest|west)-\d\b/g;

export const standardTags: Rule = {
	name: "standard-tags",
	resource: (resource) => {
		if (!isOfCloud(resource)) return [];
		const tags = tagsOf(resource.provider?.inputs.defaultTags);
		return ["Project", "Stack", "ManagedBy"].every((tag) => tag in tags)
			? []
			: [`${resource.name} does not get the standard tags`];
	},
};

/** A provider's inputs come as JSON. */
function tagsOf(defaultTags: unknown): object {
	const read: unknown = typeof defaultTags === "string" ? JSON.parse(defaultTags) : defaultTags;
	return (read as { tags?: object } | undefined)?.tags ?? {};
}
