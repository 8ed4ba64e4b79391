import { nearNames } from "../../etl/contract/pipeline/nearNames.ts";
import { NoSuchStack } from "./errors.ts";

/**
 * What to say of a stack that does not exist: what to do and what to run next are about the same stack.
 * @param known those that do.
 * @param make the command that makes it, where it can be made from here.
 */
export function unknownStack(name: string, known: readonly string[], make?: string): NoSuchStack {
	const [near] = nearNames(name, known, 1);
	const [first] = known;
	const look = `pipeline-cli status --stack ${near ?? first}`;
	const text = { what: `The stack ${name} does not exist.`, why: `Stacks that exist: ${known.join(", ") || "none"}.` };
	if (near !== undefined) {
		const otherwise = make === undefined ? "" : ` Otherwise create it: ${make}`;
		return new NoSuchStack(name, known, { ...text, fix: `Did you mean ${near}?${otherwise}`, next: look });
	}
	if (make !== undefined) return new NoSuchStack(name, known, { ...text, fix: "Create it.", next: make });
	return new NoSuchStack(name, known, {
		...text,
		fix: first === undefined ? "Create one first." : "Choose one of them with --stack.",
		next: first === undefined ? "pipeline-cli demo" : look,
	});
}
