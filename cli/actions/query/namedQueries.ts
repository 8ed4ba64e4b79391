import type { NamedQuery } from "../../../etl/definition/namedQueries.ts";
import { didYouMean } from "../../common/didYouMean.ts";
import { PipelineError } from "../../common/errors.ts";

/** @throws PipelineError naming the queries there are. */
export function namedQuery(queries: readonly NamedQuery[], name: string): NamedQuery {
	return named(queries, name, "named query", "pipeline-cli query --list");
}

/**
 * All rows of a view of the warehouse.
 * @throws PipelineError naming the views there are.
 */
export function viewStatement(views: readonly NamedQuery[], name: string): string {
	const view = named(views, name, "view", "pipeline-cli warehouse query --list");
	return `SELECT * FROM ${view.name}`;
}

function named(known: readonly NamedQuery[], name: string, kind: string, next: string): NamedQuery {
	const found = known.find((one) => one.name === name);
	if (found !== undefined) return found;
	const names = known.map((one) => one.name);
	throw new PipelineError("usage", {
		what: `There is no ${kind} ${name}.`,
		why: names.length === 0 ? "The definition has none." : `Available: ${names.join(", ")}.`,
		fix: didYouMean(name, names, "Choose one of them."),
		next,
	});
}
