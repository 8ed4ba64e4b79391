import type { DuckDBConnection } from "@duckdb/node-api";
import { batchKeys } from "../../../../etl/contract/contract.ts";
import { fromDuckDb } from "../../duckdb/columnTypes.ts";
import { withDuckDb } from "../../duckdb/session.ts";
import type { Context } from "../../port.ts";
import { type LocalPaths, lakeAccess } from "../shared/paths.ts";
import { type RegisteredTable, tableFolder } from "./catalogFile.ts";
import { changedSince, readableClickFiles } from "./clickFiles.ts";
import { hourKeys, newColumns } from "./clickTable.ts";
import { batchKey } from "./emptyLogs.ts";
import { readIcebergTable } from "./icebergTable.ts";
import { filesBelow, hiveKeys } from "./lakeFolders.ts";
import type { FoundTable } from "./lakeTables.ts";
import { clickEndings, describe, parquetEndings, parquetRelation } from "./tableReader.ts";

export type Shape = Pick<RegisteredTable, "columns" | "partitionKeys" | "readUntil">;

/** Reads what columns tables have from their files. */
export class ShapeReader {
	readonly #paths: LocalPaths;
	readonly #connection: DuckDBConnection;
	/** Columns of the clicks that the definition has. */
	readonly #clicks: Shape["columns"];

	readonly #warn: (text: string) => void;

	private constructor(
		paths: LocalPaths,
		connection: DuckDBConnection,
		clicks: Shape["columns"],
		warn: (text: string) => void,
	) {
		this.#warn = warn;
		this.#paths = paths;
		this.#connection = connection;
		this.#clicks = clicks;
	}

	/** Does some work with one, until the signal is aborted. */
	static with<T>(
		paths: LocalPaths,
		clicks: Shape["columns"],
		{ reporter, signal }: Context,
		work: (reader: ShapeReader) => Promise<T>,
	): Promise<T> {
		return withDuckDb(lakeAccess(paths), signal, (connection) =>
			work(new ShapeReader(paths, connection, clicks, (text) => reporter.warn(text))),
		);
	}

	/** @returns undefined where nothing is known of the table: its folder holds no file, or no row. */
	async read(found: FoundTable, known: RegisteredTable | undefined): Promise<Shape | undefined> {
		const folder = tableFolder({ ...found, columns: [], partitionKeys: [] }, this.#paths);
		if (found.format === "iceberg") {
			const { columns } = await readIcebergTable(folder);
			return { columns: columns.map(({ name, type }) => ({ name, type })), partitionKeys: [] };
		}
		const files = await filesBelow(folder, found.format === "json" ? clickEndings : parquetEndings);
		const [first] = files;
		if (first === undefined) return found.shape;
		if (found.format === "json") {
			const readUntil = Date.now();
			const columns = await this.#clickColumns(files, known?.format === "json" ? known : undefined);
			return columns.length === 0 ? undefined : { columns, partitionKeys: hourKeys, readUntil };
		}
		if (found.source !== undefined) {
			const all = await describe(this.#connection, parquetRelation(files, [{ name: batchKeys.own, type: "int" }]));
			const columns = all
				.filter(({ name }) => name !== batchKeys.own)
				.map(({ name, type }) => ({ name, type: fromDuckDb(type) }));
			return { columns, partitionKeys: [{ name: batchKey(columns), type: "int" }] };
		}
		const partitionKeys = hiveKeys(folder, first).map((name) => ({ name, type: "string" }));
		const keys = new Set(partitionKeys.map(({ name }) => name));
		const columns = (await describe(this.#connection, parquetRelation(files, partitionKeys)))
			.filter(({ name }) => !keys.has(name))
			.map(({ name, type }) => ({ name, type: fromDuckDb(type) }));
		return { columns, partitionKeys };
	}

	/** The definition's columns, then those of earlier crawls, with their types, then what else clicks have in files since then. */
	async #clickColumns(files: readonly string[], known: RegisteredTable | undefined): Promise<Shape["columns"]> {
		const names = new Set([...this.#clicks, ...hourKeys].map(({ name }) => name.toLowerCase()));
		const earlier = known?.columns.filter(({ name }) => !names.has(name.toLowerCase())) ?? [];
		const kept = [...this.#clicks, ...earlier];
		const changed = await changedSince(files, known?.readUntil ?? 0);
		const readable = await readableClickFiles(files, this.#paths);
		const unread = [...readable].filter(([file]) => changed.has(file)).map(([, path]) => path);
		return unread.length === 0 ? kept : [...kept, ...(await newColumns(this.#connection, unread, kept, this.#warn))];
	}
}
