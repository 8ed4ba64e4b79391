import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { filesOf } from "../shared/contentHash.ts";

export interface NamedQuery {
	name: string;
	/** The file's first line, a comment. */
	description: string;
	sql: string;
}

/** The queries of a folder, one `.sql` file each, sorted by name. Folders within are the warehouse's. */
export function namedQueries(folder: string): NamedQuery[] {
	return filesOf(folder, [".sql"])
		.filter((file) => !file.includes("/"))
		.map((file) => {
			const sql = readFileSync(join(folder, file), "utf8").trim();
			const [title = ""] = sql.split("\n");
			return { name: basename(file, ".sql"), description: title.replace(/^--\s*/, ""), sql };
		});
}
