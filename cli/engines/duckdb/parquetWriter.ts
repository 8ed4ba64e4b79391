import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { inPieces } from "../../common/resultText.ts";
import type { QueryResult } from "../port.ts";
import { toDuckDb } from "./columnTypes.ts";
import { openDuckDb } from "./open.ts";
import { quoteName, quoteText } from "./quote.ts";

/** Writes a query's result as a Parquet file (Snappy) with the types of its columns. Bytes within nested values stay hexadecimal text. */
export async function writeParquet({ columns, rows }: QueryResult, path: string): Promise<void> {
	// Names by number, since two columns of a result may have one name; Parquet's names then get a number as well.
	const keys = columns.map((_, at) => `c${at}`);
	const folder = await mkdtemp(join(dirname(path), ".export-"));
	const { connection, close } = await openDuckDb();
	try {
		const source = join(folder, "rows.json");
		await writeFile(source, inPieces(jsonLines(keys, rows)));
		const shape = columns.map(({ type }, at) => `${keys[at]}: ${quoteText(textType(type))}`);
		const names = uniqueNames(columns.map(({ name }) => name));
		const selected = columns.map(({ type }, at) => {
			const value = type === "binary" ? `unhex(c${at})` : `CAST(c${at} AS ${duckDbType(type)})`;
			return `${value} AS ${quoteName(names[at] ?? "")}`;
		});
		await connection.run("SET TimeZone = 'UTC'");
		await connection.run(
			`COPY (SELECT ${selected.join(", ")} FROM read_json(${quoteText(source)}, format = 'newline_delimited', maximum_object_size = 67108864, columns = {${shape.join(", ")}})) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION snappy)`,
		);
	} finally {
		close();
		await rm(folder, { recursive: true, force: true });
	}
}

function* jsonLines(keys: readonly string[], rows: QueryResult["rows"]): Iterable<string> {
	for (const row of rows) yield `${JSON.stringify(Object.fromEntries(row.map((value, at) => [keys[at], value])))}\n`;
}

function duckDbType(type: string): string {
	return toDuckDb(type.replaceAll(/\bbinary\b/g, "string"));
}

/** How a value is read: a nested one as what it is, any other as text, which `CAST` takes in every form it may have. */
function textType(type: string): string {
	return /^(array|map|struct)</.test(type) ? duckDbType(type) : "VARCHAR";
}

function uniqueNames(names: readonly string[]): string[] {
	const unique: string[] = [];
	for (const name of names) {
		let candidate = name;
		for (let number = 2; unique.includes(candidate); number += 1) candidate = `${name}_${number}`;
		unique.push(candidate);
	}
	return unique;
}
