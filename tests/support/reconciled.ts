import { readdir, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { openDuckDb } from "../../cli/engines/duckdb/open.ts";
import { quoteName, quoteText } from "../../cli/engines/duckdb/quote.ts";
import { readIcebergTable } from "../../cli/engines/local/catalog/icebergTable.ts";
import { createTypeTable } from "./typeTable.ts";

/** The pipeline whose lake is compared with its source. */
export const definition = `name: own
source: { schemas: [own] }
tables:
  own.items: { columns: { secret: drop } }
models: models
`;

/** Floating-point sums come in another order each time. */
export const model = `-- primary_key: [c]
SELECT c, count(*) AS n, sum(CAST(b AS double) / 3) AS total FROM keys GROUP BY c
`;

export const tables = [
	`CREATE TABLE own.items (id INT PRIMARY KEY, name VARCHAR(40), price DECIMAL(8,2), at TIMESTAMP NOT NULL DEFAULT '2026-01-02 03:04:05',
		note TEXT, secret TEXT)`,
	"INSERT INTO own.items (id, name, price, note) VALUES (1, 'äé', 1.50, ''), (2, 'b', 2.00, 'x'), (3, 'cccc', 3.00, NULL)",
	"CREATE TABLE own.keys (a VARCHAR(20), b INT, c CHAR(5), PRIMARY KEY (a, b)) COLLATE utf8mb4_general_ci",
	"INSERT INTO own.keys VALUES ('A', 1, 'x'), ('ä', 2, 'y'), ('it''s \\\\', 3, 'z'), ('', 0, '')",
	createTypeTable("own.types", true),
	createTypeTable("own.bag", false),
];

/** Writes all rows of a current table again, into the first of its data files. @returns what puts the old ones back. */
export async function rewriteTable(
	folder: string,
	columns: Record<string, string>,
	rest: string,
): Promise<() => Promise<void>> {
	const table = await readIcebergTable(folder);
	const { connection, close } = await openDuckDb();
	try {
		const list = table.columns.map(({ name }) => `${columns[name] ?? quoteName(name)} AS ${quoteName(name)}`);
		const ids = table.columns.map(({ id, name }) => `${quoteName(name)}: ${id}`);
		await connection.run(`CREATE TABLE old AS FROM read_parquet([${table.files.map(quoteText).join(", ")}])`);
		await connection.run(`CREATE TABLE new AS SELECT ${list.join(", ")} FROM old ${rest}`);
		for (const [at, file] of table.files.entries()) {
			await rename(file, `${file}.old`);
			const rows = at === 0 ? "new" : "(FROM new LIMIT 0)";
			await connection.run(`COPY (FROM ${rows}) TO ${quoteText(file)} (FORMAT parquet, FIELD_IDS {${ids.join(", ")}})`);
		}
	} finally {
		close();
	}
	return async () => {
		for (const file of table.files) await rename(`${file}.old`, file);
	};
}

/** Writes the Parquet files of a folder again. @param select of their columns. @returns what puts the old ones back. */
export async function rewriteFiles(folder: string, select: string): Promise<() => Promise<void>> {
	const files = (await readdir(folder)).filter((name) => name.endsWith(".parquet")).map((name) => join(folder, name));
	// Beside the folder, all of which the jobs read.
	const old = (file: string): string => join(folder, "..", `.${basename(file)}.old`);
	const { connection, close } = await openDuckDb();
	try {
		for (const file of files) {
			await rename(file, old(file));
			await connection.run(
				`COPY (SELECT ${select} FROM read_parquet(${quoteText(old(file))})) TO ${quoteText(file)} (FORMAT parquet)`,
			);
		}
	} finally {
		close();
	}
	return async () => {
		for (const file of files) await rename(old(file), file);
	};
}
