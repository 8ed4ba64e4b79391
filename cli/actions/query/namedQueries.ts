import type { NamedQuery } from "../../../etl/definition/namedQueries.ts";
import { didYouMean } from "../../common/didYouMean.ts";
import { PipelineError } from "../../common/errors.ts";

/** @throws PipelineError naming the queries there are. */
export function namedQuery(queries: readonly NamedQuery[], name: string): NamedQuery {
	const found = queries.find((query) => query.name === name);
	if (found !== undefined) return found;
	throw new PipelineError("usage", {
		what: `There is no named query ${name}.`,
		why:
			queries.length === 0 ? "The definition has none." : `There are ${queries.map((query) => query.name).join(", ")}.`,
		fix: didYouMean(
			name,
			queries.map((query) => query.name),
			"Name one of them.",
		),
		next: "pipeline-cli query --list",
	});
}
