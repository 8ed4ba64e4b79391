import type { ModelDefinition } from "../contract/datasets.ts";
import { nearNames } from "../contract/pipeline/nearNames.ts";
import { fits } from "../contract/pipeline/values.ts";
import { before, type Node } from "./order.ts";

/** Why models cannot be chosen. */
export class SelectionError extends Error {
	readonly fix: string;

	constructor(what: string, fix: string) {
		super(what);
		this.name = "SelectionError";
		this.fix = fix;
	}
}

/**
 * Models by dbt's graph operators: `name`, `+name` with all that it is made of, `name+` with all that is made of it; `*` in
 * a name stands for any characters, `tag:finance` for all models with the tag. Several, apart by spaces or in a list, add up.
 * https://docs.getdbt.com/reference/node-selection/graph-operators
 *
 * @returns their names, in an order in which they can be built.
 * @throws SelectionError for a selection that no model fits.
 */
export function selectModels(models: readonly ModelDefinition[], selections: readonly string[]): string[] {
	const graph = models.map(({ name, references }) => ({
		name,
		after: references.map((reference) => reference.name.toLowerCase()),
	}));
	const turned: Node[] = graph.map(({ name }) => ({
		name,
		after: graph.filter(({ after }) => after.includes(name)).map((other) => other.name),
	}));
	const chosen = new Set<string>();
	for (const selection of selections.flatMap((text) => text.split(/[\s,]+/)).filter((text) => text !== "")) {
		const [, up, word = "", down] = /^(\+?)(.*?)(\+?)$/.exec(selection) ?? [];
		const named = matching(models, word);
		for (const name of named) chosen.add(name);
		if (up === "+") for (const name of before(named, graph)) chosen.add(name);
		if (down === "+") for (const name of before(named, turned)) chosen.add(name);
	}
	return models.map(({ name }) => name).filter((name) => chosen.has(name));
}

function matching(models: readonly ModelDefinition[], word: string): string[] {
	const tag = /^tag:(.+)$/.exec(word)?.[1];
	const found = models.filter(({ name, tags = [] }) =>
		tag === undefined ? fits(name, word.toLowerCase()) : tags.includes(tag),
	);
	if (found.length > 0) return found.map(({ name }) => name);
	const names = models.map(({ name }) => name);
	const tags = [...new Set(models.flatMap((model) => model.tags ?? []))];
	const [meant] = tag === undefined ? nearNames(word, names, 1) : nearNames(tag, tags, 1).map((name) => `tag:${name}`);
	const all = tag === undefined ? `Models: ${names.join(", ")}.` : `Tags: ${tags.join(", ")}.`;
	throw new SelectionError(
		tag === undefined ? `There is no model ${word}.` : `No model has the tag ${tag}.`,
		models.length === 0
			? "The definition has no models. Add models: models/ to pipeline.yaml, and put a file with a SELECT into that folder."
			: `${meant === undefined ? "" : `Did you mean ${meant}? `}${all}`,
	);
}
