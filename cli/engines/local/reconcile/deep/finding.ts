import { counted } from "../../../../common/grouped.ts";
import { shellWord } from "../../../../common/shellWord.ts";
import type { LakeFinding, LakePart } from "../../../port.ts";

/** A part of the lake of which so much was found, nothing where it is as it should be. */
export function finding(part: LakePart, name: string, found: string[], fix: string): LakeFinding {
	if (found.length === 0) return { part, name, state: "equal", found, examples: [] };
	return { part, name, state: "different", found: shortened(found), examples: [], fix };
}

export function notCompared(part: LakePart, name: string, why: string[]): LakeFinding {
	return { part, name, state: "not compared", found: shortened(why), examples: [] };
}

/**
 * A table that the jobs did not make again.
 * @param faults of jobs that failed, by their names: any may be that of the one that makes the table.
 */
export function notMade(
	{ part, name, fix }: { part: LakePart; name: string; fix: string },
	faults: ReadonlyMap<string, string>,
): LakeFinding {
	if (faults.size === 0) return finding(part, name, ["the jobs no longer create it"], fix);
	return notCompared(part, name, [...faults.values()]);
}

/** The command by which the jobs make a folder again. */
export function remaking(folder: string): string {
	return `rm -r ${shellWord(folder)} && pipeline-cli run-etl`;
}

/** The command by which a table's raw files are written again. */
export function reloading(table: string): string {
	return `pipeline-cli replication reload ${shellWord(table)}`;
}

/** What is said at most of one part. */
const mostFound = 20;

function shortened(found: string[]): string[] {
	if (found.length <= mostFound) return found;
	return [...found.slice(0, mostFound), `and ${counted(found.length - mostFound, "more")} of this kind`];
}
