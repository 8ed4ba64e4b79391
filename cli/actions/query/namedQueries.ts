import { join } from "node:path";
import { type NamedQuery, namedQueries as queriesOf } from "../../../etl/sql/namedQueries.ts";
import { PipelineError } from "../../common/errors.ts";
import { projectRoot } from "../../common/projectRoot.ts";

/** All named queries, by name. */
export function namedQueries(): NamedQuery[] {
	return queriesOf(join(projectRoot, "etl", "sql"));
}

/** @throws PipelineError naming the queries there are. */
export function namedQuery(name: string): NamedQuery {
	const queries = namedQueries();
	const found = queries.find((query) => query.name === name);
	if (found !== undefined) return found;
	throw new PipelineError("usage", {
		what: `There is no named query ${name}.`,
		why: `There are ${queries.map((query) => query.name).join(", ")}.`,
		next: "pipeline-cli query --list",
	});
}
