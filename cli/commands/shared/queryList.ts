import type { NamedQuery } from "../../../etl/definition/namedQueries.ts";
import { screenWidth } from "../../ui/fit.ts";
import { wrapProse } from "../../ui/prose.ts";
import { programName } from "../../ui/typed.ts";

/** Names with what each answers, for `--list`; a sentence that its file breaks into lines is one again. */
export function describeQueries(queries: readonly NamedQuery[], width = screenWidth()): string {
	const blocks = queries.map(({ name, title, description }) => {
		const sentences = description.replaceAll(/(?<![.:])\n(?=\S)/g, " ").split("\n");
		const lines = [title, ...sentences].map((line) => wrapProse(`    ${line}`.trimEnd(), width, programName));
		return [name, ...lines].join("\n");
	});
	return blocks.join("\n\n");
}
