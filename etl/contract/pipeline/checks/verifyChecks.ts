import type { Finding } from "../mistakes.ts";
import type { Good, Part, Parts } from "../parts.ts";
import type { VerifyEntry } from "../schema.ts";
import { isBelow } from "../values.ts";
import { nearest, repeatedIn, withheld } from "./lookups.ts";

/** What is wrong with the rows of verify-cdc, and with their marks, that no schema can say. */
export function verifyChecks(
	{ path, entry, bad }: Good<VerifyEntry>,
	defaults: Parts["columns"],
	tables: Parts["tables"],
): Finding[] {
	const { rows, marker, sample, table } = entry;
	if (bad.has("rows")) return [];
	const found: Finding[] = [];
	if (rows === undefined || rows === null) {
		for (const name of ["marker", "sample"] as const) {
			if (entry[name] === undefined) continue;
			found.push({ path: [...path, name], what: "It has no effect without rows.", fix: "Add rows." });
		}
		return found;
	}
	if (sample !== undefined && marker === undefined && !bad.has("marker")) {
		const fix = "Set marker to a column that receives a mark, for tables that the sample data did not fill.";
		found.push({ path: [...path, "sample"], what: "It has no effect without marker.", fix });
	}
	const [first = {}] = rows;
	const columns = Object.keys(first);
	for (const [index, row] of rows.entries()) {
		if (Object.keys(row).sort().join("\n") === [...columns].sort().join("\n")) continue;
		const fix = `Give each row the same columns as the first: ${columns.join(", ")}.`;
		found.push({ path: [...path, "rows", index], what: "Its columns differ from those of the first row.", fix });
	}
	const names = typeof marker === "string" ? [marker] : (marker ?? []);
	const placeOf = (index: number) => (typeof marker === "string" ? [...path, "marker"] : [...path, "marker", index]);
	found.push(...repeatedIn(names, [...path, "marker"], "column"));
	const said = tables.find(({ name }) => name === table)?.entry ?? {};
	for (const [index, name] of names.entries()) {
		if (!columns.includes(name)) {
			found.push({
				path: placeOf(index),
				what: `The rows have no column ${JSON.stringify(name)}.`,
				allowed: columns,
				meant: nearest(name, columns),
				fix: "Use a column of the rows.",
			});
		} else if (withheld(said, name, defaults)) {
			const fix = "Choose another column, because the mark is read in the lake.";
			found.push({ path: placeOf(index), what: `The column ${JSON.stringify(name)} is not replicated.`, fix });
		} else if (rows.some((row) => typeof row[name] !== "string")) {
			const fix = "Choose a text column, because the mark is text.";
			found.push({ path: placeOf(index), what: `The column ${JSON.stringify(name)} of the rows is not text.`, fix });
		}
	}
	return found;
}

/** What is wrong with the query that demo asks. */
export function demoChecks(
	{ path, entry }: Part<string>,
	queries: string | undefined,
	exists: (path: string) => boolean,
): Finding[] {
	if (queries === undefined) {
		return [
			{
				path,
				what: "The definition has no folder of named queries.",
				fix: "Add queries, for example queries: queries/",
			},
		];
	}
	const file = `${queries.replace(/\/$/, "")}/${entry}.sql`;
	if (isBelow(file) && exists(file)) return [];
	return [
		{ path, what: `The query ${JSON.stringify(entry)} does not exist.`, fix: `Create ${file}, or correct the name.` },
	];
}
