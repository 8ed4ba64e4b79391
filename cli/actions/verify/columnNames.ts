import { columnForm, rawColumnForm } from "../../../etl/contract/names.ts";
import type { Stack } from "../../engines/port.ts";

/** What columns of a table are called on their way: one that looks like another's before image has another name. */
export class ColumnNames {
	readonly #taken: readonly string[];
	readonly #engine: Stack["engine"];

	/** @param taken the columns of the table that come into the lake, kept or hashed. */
	constructor(taken: readonly string[], engine: Stack["engine"]) {
		this.#taken = taken;
		this.#engine = engine;
	}

	/** Name in raw files: DMS has a column's own. */
	raw(column: string): string {
		return this.#engine === "local" ? rawColumnForm(column, this.#taken) : column;
	}

	/** Name in current tables. */
	lake(column: string): string {
		return columnForm(column, this.#taken);
	}
}
