import type { SampleTable } from "../../../etl/definition/sampleData.ts";

/** The character set of both schemas; WordPress's own collation. */
export const collation = "utf8mb4_unicode_520_ci";

/**
 * @param definition columns and keys, one a line; a line that begins with a lower-case word or a quoted name is a column.
 */
export function defineTable(name: string, definition: string): SampleTable {
	const lines = definition
		.split("\n")
		.map((line) => line.trim())
		.filter((line) => line !== "");
	const columns = lines
		.filter((line) => !/^(PRIMARY|UNIQUE|KEY|CONSTRAINT|FOREIGN)\b/.test(line))
		.map((line) => /^\S+/.exec(line)?.[0] ?? "");
	const create = `CREATE TABLE \`${name}\` (\n\t${lines.join("\n\t")}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${collation}`;
	return { name, columns, create };
}
