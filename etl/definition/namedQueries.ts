import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** A query of a folder: one file, its name the query's, with a header of comment lines. */
export interface NamedQuery {
	name: string;
	/** First line of the header. */
	title: string;
	/** The rest of the header: what the query answers, and its columns. */
	description: string;
	/** The whole file. */
	sql: string;
}

/** The queries of a folder, by name. Folders within are not read. */
export function namedQueries(folder: string): NamedQuery[] {
	return readdirSync(folder)
		.filter((file) => file.endsWith(".sql"))
		.sort()
		.map((file) => namedQuery(join(folder, file)));
}

/** The query of a file. */
export function namedQuery(file: string): NamedQuery {
	return parse(basename(file, ".sql"), readFileSync(file, "utf8"));
}

function parse(name: string, sql: string): NamedQuery {
	const header = (/^(?:--[^\n]*\n)*/.exec(sql)?.[0] ?? "").split("\n").map((line) => line.replace(/^-- ?/, ""));
	const [title = "", ...rest] = header;
	return { name, title, description: rest.join("\n").trim(), sql };
}
