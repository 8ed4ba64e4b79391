import { DOUBLE, VARCHAR } from "@duckdb/node-api";
import type { Row } from "../model/row.ts";
import { BytesVector } from "./bytesVector.ts";
import type { ColumnVector } from "./columnVector.ts";
import type { Layout, SourceColumn } from "./layout.ts";
import { NumberVector } from "./numberVectors.ts";
import { type AddedColumns, ParquetStage, type StageTable } from "./stage.ts";

/**
 * Columns that replication adds are staged as numbers, which takes a fraction of their room, and become text when the file is
 * written: the operation, the commit time (milliseconds since 1970), and both parts of the change sequence.
 */
export const stagedColumns = ["op VARCHAR", "time DOUBLE", "digits DOUBLE", "counter DOUBLE"];
const stagedTypes = [VARCHAR, DOUBLE, DOUBLE, DOUBLE];

/** Changes. */
export class ChangeStage extends ParquetStage {
	readonly #op: BytesVector;
	readonly #time: NumberVector;
	readonly #digits: NumberVector;
	readonly #counter: NumberVector;
	/** Of the source's columns, then of the before images. */
	readonly #values: readonly ColumnVector[];

	constructor(layout: Layout, table: StageTable) {
		const { columns, before, types } = layout;
		const values = [...columns, ...before.map((index) => columns[index] as SourceColumn)].map((column) =>
			column.vector(),
		);
		const op = new BytesVector(true);
		const [time, digits, counter] = [new NumberVector("f64"), new NumberVector("f64"), new NumberVector("f64")];
		super(layout, table, [...stagedTypes, ...types], [op, time, digits, counter, ...values]);
		this.#op = op;
		this.#time = time;
		this.#digits = digits;
		this.#counter = counter;
		this.#values = values;
	}

	/** Adds a change. @param before the row before an update. @param bytes about its size. */
	append(
		operation: "I" | "U" | "D",
		time: number,
		sequence: { digits: number; counter: number },
		row: Row,
		before: Row | undefined,
		bytes: number,
	): void {
		const { columns, before: images } = this.layout;
		this.#op.put(operation);
		this.#time.putNumber(time);
		this.#digits.putNumber(sequence.digits);
		this.#counter.putNumber(sequence.counter);
		for (let index = 0; index < columns.length; index += 1) {
			const column = columns[index] as SourceColumn;
			this.#put(index, row[column.at]);
		}
		for (let index = 0; index < images.length; index += 1) {
			const column = columns[images[index] as number] as SourceColumn;
			this.#put(columns.length + index, before === undefined ? null : before[column.at]);
		}
		this.endRow(bytes);
	}

	protected added(): AddedColumns {
		const { columns, before } = this.layout;
		return {
			op: "op",
			commitTime: "strftime(make_timestamp_ms(time::BIGINT), '%Y-%m-%d %H:%M:%S.%f')",
			changeSequence: "lpad(digits::BIGINT::VARCHAR, 16, '0') || lpad(counter::BIGINT::VARCHAR, 19, '0')",
			before: before.map((_, index) => `c${columns.length + index}`),
		};
	}

	#put(index: number, value: unknown): void {
		const vector = this.#values[index] as ColumnVector;
		if (value === null) vector.putNull();
		else vector.put(value);
	}
}
