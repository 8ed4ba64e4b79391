import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PipelineError } from "../../common/errors.ts";
import { projectRoot } from "../../common/projectRoot.ts";

const sqlFolder = join(projectRoot, "etl", "sql");

/** A query of `etl/sql`: one file, its name the query's, with a header of comment lines. */
export interface NamedQuery {
	name: string;
	/** First line of the header. */
	title: string;
	/** The rest of the header: what the query answers, and its columns. */
	description: string;
	sql: string;
}

/** All named queries, by name. */
export async function namedQueries(folder = sqlFolder): Promise<NamedQuery[]> {
	const files = (await readdir(folder)).filter((file) => file.endsWith(".sql")).sort();
	return Promise.all(
		files.map(async (file) => {
			const sql = await readFile(join(folder, file), "utf8");
			const header = (/^(?:--[^\n]*\n)*/.exec(sql)?.[0] ?? "").split("\n").map((line) => line.replace(/^-- ?/, ""));
			const [title = "", ...rest] = header;
			return { name: file.slice(0, -".sql".length), title, description: rest.join("\n").trim(), sql };
		}),
	);
}

/** @throws PipelineError naming the queries there are. */
export async function namedQuery(name: string, folder = sqlFolder): Promise<NamedQuery> {
	const queries = await namedQueries(folder);
	const found = queries.find((query) => query.name === name);
	if (found !== undefined) return found;
	throw new PipelineError("usage", {
		what: `There is no named query ${name}.`,
		why: `There are ${queries.map((query) => query.name).join(", ")}.`,
		next: "pipeline-cli query --list",
	});
}
