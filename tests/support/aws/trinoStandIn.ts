import { DuckDBInstance } from "@duckdb/node-api";
import type { Answered } from "./athena.ts";

/**
 * DuckDB in place of Athena's Trino, for the statements of `reconcile`. It computes what they ask for by functions of its own that
 * give the same: concatenation, digests, sums, casts of whole numbers, decimals and dates to text. What Trino alone has is written
 * otherwise here, and so is not proved: the text of a timestamp (six digits), to_ieee754_64, from_base, a part of bytes, and
 * FOR VERSION AS OF, which is left out. That the statements are Trino's at all, its grammar says.
 */
export class TrinoStandIn {
	private constructor(private readonly connection: Awaited<ReturnType<DuckDBInstance["connect"]>>) {}

	static async create(): Promise<TrinoStandIn> {
		const connection = await (await DuckDBInstance.create()).connect();
		for (const macro of [
			"to_utf8(t) AS encode(t)",
			"trino_sha256(b) AS unhex(sha256(b))",
			"to_ieee754_64(d) AS unhex(hex(CAST(d AS BIT)::BLOB))",
			"from_base(t, b) AS CAST('0x' || t AS BIGINT)",
		]) {
			await connection.run(`CREATE MACRO ${macro}`);
		}
		return new TrinoStandIn(connection);
	}

	/** Runs SQL of DuckDB's, to make and change tables. */
	async run(sql: string): Promise<void> {
		await this.connection.run(sql);
	}

	/** Answers a statement of Trino's, as Athena would: texts. */
	async answer(sql: string): Promise<Answered> {
		const result = await this.connection.runAndReadAll(asDuckDb(sql));
		return {
			columns: result.columnNames().map((name) => [name, name === "n" ? "bigint" : "varchar"] as const),
			rows: result.getRowsJS().map((row) => row.map((value) => (value === null ? null : String(value)))),
		};
	}

	close(): void {
		this.connection.closeSync();
	}
}

function asDuckDb(sql: string): string {
	return sql
		.replaceAll(/ FOR VERSION AS OF \d+/g, "")
		.replaceAll("sha256(", "trino_sha256(")
		.replaceAll(/CAST\(CAST\(("[^"]+") AS timestamp\(6\)\) AS varchar\)/g, "strftime($1, '%Y-%m-%d %H:%M:%S.%f')")
		.replaceAll(
			/to_hex\(substr\(("[^"]+"), 1, (\d+)\)\)/g,
			(_, column, bytes) => `substr(to_hex(${column}), 1, ${2 * Number(bytes)})`,
		);
}
