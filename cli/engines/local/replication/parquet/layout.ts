import { createHash } from "node:crypto";
import { type DuckDBType, VARCHAR } from "@duckdb/node-api";
import { rawColumns } from "../../../../../etl/contract/contract.ts";
import { rawColumnForm } from "../../../../../etl/contract/names.ts";
import { messageOf } from "../../../../common/errors.ts";
import { columnType, textType } from "./columnType.ts";
import type { ColumnVector } from "./columnVector.ts";

/** A column of a raw file that comes from the source. */
export interface SourceColumn {
	/** As the file has it. */
	name: string;
	type: DuckDBType;
	/** Place of its value in a row of the source, which has withheld columns too. */
	at: number;
	/** A vector that takes its values. */
	vector(): ColumnVector;
}

/** What a column of a table is made from. */
export interface ColumnSource {
	name: string;
	type: string;
	/** What is done with its values: a dropped column is in no file, of a hashed one the hash is. */
	action?: "drop" | "hash";
}

/** Columns of a table's raw files: the operation, the commit time, the source's columns, the change sequence, before images. */
export interface Layout {
	columns: readonly SourceColumn[];
	/** Index, in `columns`, of those with a before image. */
	before: readonly number[];
	/** Name of the before image of a column. */
	beforeName(index: number): string;
	/** Types of `columns`, then of the before images. */
	types: readonly DuckDBType[];
	/** Equal for equal layouts. */
	fingerprint: string;
}

/**
 * @param key names of the primary key's columns; without a key every column has a before image.
 * @throws UnsupportedTypeError.
 */
export function makeLayout(source: readonly ColumnSource[], key: readonly string[]): Layout {
	const names = source.filter(({ action }) => action !== "drop").map(({ name }) => name);
	const columns = source.flatMap(({ name: own, type, action }, at): SourceColumn[] => {
		if (action === "drop") return [];
		const name = rawColumnForm(own, names);
		try {
			const { stored, vector, text } = columnType(type, key.includes(own) ? own : undefined);
			if (action === undefined) return [{ name, type: stored, at, vector }];
			if (text === undefined) throw new Error(`${type} cannot be hashed`);
			return [{ name, type: VARCHAR, at, vector: textType((value) => hashOf(text(value))).vector }];
		} catch (error) {
			throw new Error(`column ${own}: ${messageOf(error)}`, { cause: error });
		}
	});
	const before = [...columns.keys()].filter((index) => key.length === 0 || key.includes(names[index] ?? ""));
	const beforeName = (index: number): string => rawColumns.beforeImagePrefix + columns[index]?.name;
	const types = [
		...columns.map((column) => column.type),
		...before.map((index) => (columns[index] as SourceColumn).type),
	];
	const actions = source.map(({ action = "keep" }) => action);
	const fingerprint = JSON.stringify([columns.map((column) => [column.name, String(column.type)]), before, actions]);
	return { columns, before, beforeName, types, fingerprint };
}

/** As DMS masks: SHA-256 of the text in UTF-8, in capital hexadecimal digits, so that both engines have the same. */
export function hashOf(text: string): string {
	return createHash("sha256").update(text, "utf8").digest("hex").toUpperCase();
}
