import { BLOB, type DuckDBConnection, DuckDBTableFunction, VARCHAR } from "@duckdb/node-api";
import { messageOf } from "../../../common/errors.ts";
import type { ComparedColumn } from "./comparedColumn.ts";
import { RowVectors } from "./rowVectors.ts";
import type { SourceRows } from "./sourceRows.ts";

const functionName = "source_rows";
const tableName = "more_source_rows";

/** Rows of the source as relations of DuckDB's, columns `c0`, `c1` …: those in memory are read where they are. */
export class SourceTable {
	readonly #connection: DuckDBConnection;
	readonly #columns: readonly ComparedColumn[];
	#memory: SourceRows | undefined;
	/** Rows that were kept in DuckDB, which spills them; undefined where none were. */
	#kept: number | undefined;

	/** There is one a connection. */
	constructor(connection: DuckDBConnection, columns: readonly ComparedColumn[]) {
		this.#connection = connection;
		this.#columns = columns;
		const vectors = new RowVectors(columns);
		const source = DuckDBTableFunction.create({
			name: functionName,
			bindFunction: (info) => {
				// Owns the bytes of the others.
				info.addResultColumn("owner", BLOB);
				for (const [index, { isBytes }] of columns.entries())
					info.addResultColumn(`c${index}`, isBytes ? BLOB : VARCHAR);
				info.setCardinality(this.#memory?.rows ?? 0, true);
			},
			initFunction: (info) => {
				info.setInitData({ next: 0 });
				info.setMaxThreads(1);
			},
			mainFunction: (info, chunk) => {
				const scan = info.getInitData() as { next: number };
				const block = this.#memory?.blocks[scan.next];
				scan.next += 1;
				chunk.rowCount = 0;
				if (block === undefined) return;
				try {
					vectors.fill(chunk, block);
				} catch (error) {
					info.setError(messageOf(error));
				}
			},
		});
		connection.registerTableFunction(source);
	}

	/** Keeps rows for later, beside those that are kept. */
	async keep(rows: SourceRows): Promise<void> {
		if (this.#kept === undefined) {
			const list = this.#columns.map(({ isBytes }, index) => `c${index} ${isBytes ? "BLOB" : "VARCHAR"}`).join(", ");
			await this.#connection.run(`CREATE OR REPLACE TABLE ${tableName} (${list})`);
		}
		this.#memory = rows;
		const names = this.#columns.map((_, index) => `c${index}`).join(", ");
		await this.#connection.run(`INSERT INTO ${tableName} SELECT ${names} FROM ${functionName}()`);
		this.#kept = (this.#kept ?? 0) + rows.rows;
		this.#memory = undefined;
	}

	/** @param work gets a relation of these rows, and of those that were kept before, which are forgotten then. */
	async with<T>(rows: SourceRows, work: (relation: string, rows: number) => Promise<T>): Promise<T> {
		if (this.#kept === undefined) {
			this.#memory = rows;
			return work(`${functionName}()`, rows.rows).finally(() => {
				this.#memory = undefined;
			});
		}
		await this.keep(rows);
		const kept = this.#kept;
		this.#kept = undefined;
		return work(tableName, kept);
	}
}
