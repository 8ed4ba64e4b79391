import type { NamedQuery } from "../../../etl/definition/namedQueries.ts";

/** Names with what each answers, for `--list`. */
export function describeQueries(queries: readonly NamedQuery[]): string {
	const blocks = queries.map(({ name, title, description }) => {
		const lines = [title, ...description.split("\n")].map((line) => `    ${line}`.trimEnd());
		return [name, ...lines].join("\n");
	});
	return blocks.join("\n\n");
}
