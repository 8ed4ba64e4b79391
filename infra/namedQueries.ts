import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { filesOf } from "./contentHash.ts";

export interface NamedQuery {
	name: string;
	/** The file's leading comment, in one line. */
	description: string;
	sql: string;
}

/** The queries of a folder, one `.sql` file each, sorted by name. Folders within are the warehouse's. */
export function namedQueries(folder: string): NamedQuery[] {
	return filesOf(folder, [".sql"])
		.filter((file) => !file.includes("/"))
		.map((file) => {
			const sql = readFileSync(join(folder, file), "utf8").trim();
			const lines = sql.split("\n");
			const end = lines.findIndex((line) => !line.startsWith("--"));
			const comment = lines.slice(0, end === -1 ? lines.length : end);
			return {
				name: basename(file, ".sql"),
				description: comment
					.map((line) => line.replace(/^--\s*/, ""))
					.join(" ")
					.trim(),
				sql,
			};
		});
}
