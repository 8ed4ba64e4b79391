import { DOUBLE, VARCHAR } from "@duckdb/node-api";
import { ByteReader } from "../decode/byteReader.ts";
import { type ReadRows, type RowsEvent, readRows, type TableReader } from "../decode/rowsEvent.ts";
import { valueSkipper } from "../decode/skipValue.ts";
import type { Row } from "../model/row.ts";
import { BytesVector } from "./bytesVector.ts";
import type { ColumnVector } from "./columnVector.ts";
import { type EventWriter, eventWriter } from "./eventWriters.ts";
import type { Layout, SourceColumn } from "./layout.ts";
import { NumberVector } from "./numberVectors.ts";
import { type AddedColumns, ParquetStage, type StageTable } from "./stage.ts";

/**
 * Columns that replication adds are staged as numbers, which takes a fraction of their room, and become text when the file is
 * written: the operation, the commit time (milliseconds since 1970), and both parts of the change sequence.
 */
export const stagedColumns = ["op VARCHAR", "time DOUBLE", "digits DOUBLE", "counter DOUBLE"];
const stagedTypes = [VARCHAR, DOUBLE, DOUBLE, DOUBLE];
const letters = { I: Buffer.from("I"), U: Buffer.from("U"), D: Buffer.from("D") };

/** What numbers the changes. */
export interface ChangeNumbers {
	digits: number;
	nextCounter(): number;
}

/** What is done with one column of an image. */
interface ImagePart {
	/** Undefined where nobody wants the value. */
	vector: ColumnVector | undefined;
	read: EventWriter;
}

/** Changes. */
export class ChangeStage extends ParquetStage {
	readonly #op: BytesVector;
	readonly #time: NumberVector;
	readonly #digits: NumberVector;
	readonly #counter: NumberVector;
	/** Of the source's columns, then of the before images. */
	readonly #values: readonly ColumnVector[];
	/** How images of the last event's table are read: of the row, and of the one before an update. */
	#plan: { table: TableReader; row: readonly ImagePart[]; before: readonly ImagePart[] } | undefined;

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

	/**
	 * Adds an event's changes. @returns how many they are.
	 * @throws DecodeError where they are not as the table's map says.
	 */
	append(rows: RowsEvent, time: number, numbers: ChangeNumbers): number {
		const before = this.rows;
		if (rows.partial) this.#appendRead(rows, readRows(rows), time, numbers);
		else this.#appendImages(rows, time, numbers);
		return this.rows - before;
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

	#appendImages({ operation, reader: table, images }: RowsEvent, time: number, numbers: ChangeNumbers): void {
		if (this.#plan?.table !== table) this.#plan = this.#planOf(table);
		const { row, before } = this.#plan;
		const reader = new ByteReader(images);
		const firstBefore = this.layout.columns.length;
		while (reader.left > 0) {
			const start = reader.at;
			if (operation === "U") readImage(reader, before);
			else for (let index = firstBefore; index < this.#values.length; index += 1) this.#values[index]?.putNull();
			readImage(reader, row);
			this.#endChange(operation, time, numbers, reader.at - start);
		}
	}

	#appendRead(
		{ operation, images }: RowsEvent,
		{ rows, before }: ReadRows,
		time: number,
		numbers: ChangeNumbers,
	): void {
		const { columns, before: ofKey } = this.layout;
		for (const [place, row] of rows.entries()) {
			for (const [index, column] of columns.entries()) this.#put(index, row, column);
			for (const [index, column] of ofKey.entries()) {
				this.#put(columns.length + index, before[place], columns[column] as SourceColumn);
			}
			this.#endChange(operation, time, numbers, images.length / rows.length);
		}
	}

	#put(index: number, row: Row | undefined, column: SourceColumn): void {
		const vector = this.#values[index] as ColumnVector;
		const value = row?.[column.at] ?? null;
		if (value === null) vector.putNull();
		else vector.put(value);
	}

	#endChange(operation: "I" | "U" | "D", time: number, numbers: ChangeNumbers, bytes: number): void {
		this.#op.putBytes(letters[operation], 0, 1);
		this.#time.putNumber(time);
		this.#digits.putNumber(numbers.digits);
		this.#counter.putNumber(numbers.nextCounter());
		this.endRow(bytes);
	}

	#planOf(table: TableReader) {
		const { columns, before } = this.layout;
		const vectors = new Map(columns.map(({ at }, index) => [at, this.#values[index]]));
		const ofBefore = new Map(
			before.map((column, index) => [columns[column]?.at, this.#values[columns.length + index]]),
		);
		return { table, row: imageParts(table, vectors), before: imageParts(table, ofBefore) };
	}
}

function imageParts(
	{ map, columns }: TableReader,
	vectors: ReadonlyMap<number | undefined, ColumnVector | undefined>,
): ImagePart[] {
	return map.columns.map((column, index): ImagePart => {
		const read = columns[index];
		if (read === undefined) throw new Error(`column ${column.name} has no reader`);
		const vector = vectors.get(index);
		if (vector !== undefined) return { vector, read: eventWriter(column, read, vector) };
		return { vector, read: valueSkipper(column) ?? ((reader) => void read.read(reader)) };
	});
}

/** Null bits, lowest first, then the values that are not null. */
function readImage(reader: ByteReader, parts: readonly ImagePart[]): void {
	const { buffer } = reader;
	const nulls = reader.take((parts.length + 7) >> 3);
	for (let index = 0; index < parts.length; index += 1) {
		const part = parts[index] as ImagePart;
		const isNull = ((buffer[nulls + (index >> 3)] as number) & (1 << (index & 7))) !== 0;
		if (isNull) part.vector?.putNull();
		else part.read(reader);
	}
}
