import { nearNames } from "../../etl/contract/pipeline/nearNames.ts";

/** What to do about a name that does not exist: the one that was probably meant, else those that there are. */
export function didYouMean(name: string, names: readonly string[], otherwise: string): string {
	const [near] = name === "" ? [] : nearNames(name, names, 1);
	return near === undefined ? otherwise : `Did you mean ${near}? ${otherwise}`;
}
