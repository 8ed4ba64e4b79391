import { quoteText } from "../../../duckdb/quote.ts";
import type { ResultColumn } from "../model/resultColumn.ts";
import { type BinaryReader, binaryReader, WireFormatError } from "./binaryReaders.ts";
import type { ColumnVector } from "./columnVector.ts";
import type { Layout } from "./layout.ts";
import { type AddedColumns, ParquetStage, type StageTable } from "./stage.ts";

/** Rows of a full load, from the packets of a result set. The table has the source's columns; what replication adds is the same in all. */
export class LoadStage extends ParquetStage {
	readonly #time: number;
	readonly #readers: readonly BinaryReader[];

	/** @param result the result set's columns, those of the layout. @param time of the load, milliseconds since 1970. */
	constructor(layout: Layout, table: StageTable, result: readonly ResultColumn[], time: number) {
		const vectors = layout.columns.map((column) => column.vector());
		super(
			layout,
			table,
			layout.columns.map(({ type }) => type),
			vectors,
		);
		this.#time = time;
		this.#readers = result.map((column, index) => binaryReader(column, vectors[index] as ColumnVector));
	}

	/** Adds a row: a packet of the binary protocol, a part of a buffer. */
	append(buffer: Buffer, from: number, to: number): void {
		const readers = this.#readers;
		const nulls = from + 1;
		let at = nulls + ((readers.length + 9) >> 3);
		for (let index = 0; index < readers.length; index += 1) {
			// The first two bits are of no column.
			const isNull = ((buffer[nulls + ((index + 2) >> 3)] as number) & (1 << ((index + 2) & 7))) !== 0;
			if (isNull) (this.vectors[index] as ColumnVector).putNull();
			else at = (readers[index] as BinaryReader)(buffer, at);
		}
		if (at !== to) throw new WireFormatError(`a row has ${to - from} bytes, and its values ${at - from}`);
		this.endRow(to - from);
	}

	protected added(): AddedColumns {
		const { columns, before } = this.layout;
		return {
			op: "'I'",
			commitTime: quoteText(`${new Date(this.#time).toISOString().slice(0, 23).replace("T", " ")}000`),
			changeSequence: "NULL::VARCHAR",
			before: before.map((index) => `NULL::${columns[index]?.type}`),
		};
	}
}
