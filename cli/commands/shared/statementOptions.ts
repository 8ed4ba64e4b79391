import { defineOption } from "../../options.ts";

/** Options of commands that ask in SQL. */
export const fileOption = defineOption({
	flags: "-f, --file <path>",
	description: "read the statement from a file; - for stdin",
});

export const csvOption = defineOption({ flags: "--csv", description: "rows as CSV" });

export const safeOption = defineOption({
	flags: "--safe",
	description: "with --csv: add an apostrophe before text that a spreadsheet would run as a formula",
});
