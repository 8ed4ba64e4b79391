import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Connection } from "mysql2/promise";
import { openDuckDb } from "../../cli/engines/duckdb/open.ts";
import { quoteName, quoteText } from "../../cli/engines/duckdb/quote.ts";
import { latestMetadata } from "../../cli/engines/local/catalog/icebergFolder.ts";
import { readIcebergTable } from "../../cli/engines/local/catalog/icebergTable.ts";
import { withTextIds } from "../../cli/engines/shared/icebergIds.ts";
import type { CliStack } from "./cli.ts";
import { replicationGrants } from "./servers/source.ts";
import type { TestServer } from "./servers/testServer.ts";
import { createTypeTable, insertTypeRows } from "./typeTable.ts";

/** The pipeline whose lake is compared with its source. */
const definition = `name: own
source: { schemas: [own] }
tables:
  own.items: { columns: { secret: drop } }
models: models
`;

/** Floating-point sums come in another order each time. */
const model = `-- primary_key: [c]
SELECT c, count(*) AS n, sum(CAST(b AS double) / 3) AS total FROM keys GROUP BY c
`;

const tables = [
	`CREATE TABLE own.items (id INT PRIMARY KEY, name VARCHAR(40), price DECIMAL(8,2), at TIMESTAMP NOT NULL DEFAULT '2026-01-02 03:04:05',
		note TEXT, secret TEXT)`,
	"INSERT INTO own.items (id, name, price, note) VALUES (1, 'äé', 1.50, ''), (2, 'b', 2.00, 'x'), (3, 'cccc', 3.00, NULL)",
	"CREATE TABLE own.keys (a VARCHAR(20), b INT, c CHAR(5), PRIMARY KEY (a, b)) COLLATE utf8mb4_general_ci",
	"INSERT INTO own.keys VALUES ('A', 1, 'x'), ('ä', 2, 'y'), ('it''s \\\\', 3, 'z'), ('', 0, '')",
	"CREATE TABLE own.ci (k VARCHAR(20) PRIMARY KEY, v INT) COLLATE utf8mb4_general_ci",
	"INSERT INTO own.ci VALUES ('Ab', 1), ('cd ', 2)",
	`CREATE TABLE own.odd (id INT PRIMARY KEY, \`BI_id\` INT DEFAULT 5, \`__proto__\` INT DEFAULT 6, txt LONGTEXT, tail VARCHAR(10), ci VARCHAR(10), n VARCHAR(10), d DOUBLE, amount DECIMAL(10,4), day DATE,
		at DATETIME(6), twice INT GENERATED ALWAYS AS (id * 2) STORED, thrice INT GENERATED ALWAYS AS (id * 3) VIRTUAL) COLLATE utf8mb4_general_ci`,
	"SET SESSION sql_mode = ''",
	`INSERT INTO own.odd (id, txt, tail, ci, n, d, amount, day, at) VALUES
		(1, REPEAT('é', 2000000), 'a ', 'Straße', NULL, 0, 1.5, '1000-01-01', '9999-12-31 23:59:59.999999'),
		(2, '', 'a', 'strasse', 'NULL', 1e308, -0.0001, '9999-12-31', '1000-01-01'), (3, NULL, NULL, NULL, NULL, NULL, NULL, '0000-00-00', '0000-00-00')`,
	createTypeTable("own.types", true),
	createTypeTable("own.bag", false),
];

/** The account's password, which every command needs. */
export const secret = { PIPELINE_SOURCE_PASSWORD: "secret" };

/** A stack that replicates a server of the user's own, by an account that may read and replicate, with rows loaded and changed. */
export async function replicatedOwn(of: {
	fileStack: CliStack;
	fileFolder: string;
	server: TestServer;
	db: Connection;
}): Promise<{ stack: CliStack; admin: Connection }> {
	const { fileStack: stack, db: admin, server } = of;
	const folder = join(of.fileFolder, "definition");
	await mkdir(join(folder, "models"), { recursive: true });
	await writeFile(join(folder, "pipeline.yaml"), definition);
	await writeFile(join(folder, "models", "prices.sql"), model);
	await admin.query("CREATE DATABASE own");
	for (const statement of tables) await admin.query(statement);
	const other = await server.connect();
	await other.query(insertTypeRows("own.types", 1));
	await other.query(insertTypeRows("own.bag", 1));
	await admin.query("CREATE USER 'repl'@'%' IDENTIFIED BY 'secret'");
	for (const grant of replicationGrants("'repl'@'%'", "own")) await admin.query(grant);
	const url = `mysql://repl:secret@127.0.0.1:${server.port}/?ssl-mode=DISABLED`;
	await stack.json(["source", "up", "--pipeline", folder], { PIPELINE_SOURCE_URL: url });
	// Batches close late: what is compared is asked for.
	await stack.json(["replication", "start", "--batch-interval", "600"], secret);
	await other.query(insertTypeRows("own.types", 1001));
	await other.query(insertTypeRows("own.bag", 1001));
	await other.query(
		"UPDATE own.types SET c_varchar = CONCAT(c_varchar, '!') WHERE id > 1001; DELETE FROM own.bag WHERE id = 1002",
	);
	return { stack, admin };
}

/** Writes all rows of a current table again, into the first of its data files. @returns what puts the old ones back. */
export async function rewriteTable(
	folder: string,
	columns: Record<string, string>,
	rest: string,
): Promise<() => Promise<void>> {
	const table = await readIcebergTable(folder);
	const { connection, close } = await openDuckDb();
	try {
		const written = (name: string): string | undefined => (Object.hasOwn(columns, name) ? columns[name] : undefined);
		const list = table.columns.map(({ name }) => `${written(name) ?? quoteName(name)} AS ${quoteName(name)}`);
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

/** Of an Iceberg table's metadata, what tests change. */
export interface TableMetadata {
	"current-schema-id": number;
	"current-snapshot-id": string | null;
	schemas: { "schema-id": number; fields: { id: number; name: string; required: boolean; type: unknown }[] }[];
}

/** Changes the newest metadata of a table in place. @returns what puts the old one back. */
export async function editMetadata(
	folder: string,
	edit: (metadata: TableMetadata) => void,
): Promise<() => Promise<void>> {
	const path = (await latestMetadata(folder)) ?? "";
	const before = await readFile(path, "utf8");
	const metadata = JSON.parse(withTextIds(before)) as TableMetadata;
	edit(metadata);
	// Ids are whole numbers of 64 bits, which JSON's numbers in JavaScript are not.
	await writeFile(path, JSON.stringify(metadata).replaceAll(/("[a-z-]*snapshot-id":)"(-?\d+)"/g, "$1$2"));
	return () => writeFile(path, before);
}
