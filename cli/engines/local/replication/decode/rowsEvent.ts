import { mysqlType } from "../model/mysqlType.ts";
import { ByteReader, bitOf, DecodeError } from "./byteReader.ts";
import type { Charsets } from "./charset.ts";
import { type ColumnReader, columnReader, type Value } from "./columnReader.ts";
import { inflateMariaDb } from "./compression.ts";
import { eventType } from "./eventFrame.ts";
import { readBinaryJson } from "./json/binaryJson.ts";
import { type JsonValue, jsonText } from "./json/jsonValue.ts";
import { applyJsonDiff } from "./json/partialJson.ts";
import { keyReader } from "./keyValues.ts";
import type { TableMap } from "./tableMap.ts";

export type RowValues = Value[];

/** An event of rows, which are not read yet. */
export interface RowsEvent {
	operation: "I" | "U" | "D";
	/** Whether all columns are in all images; without that, rows are not read. */
	complete: boolean;
	/** MySQL since 9.6: changed by a foreign key that the SQL layer cascaded. */
	byForeignKey: boolean;
	/** How its columns are read. */
	reader: TableReader;
	/** Whether rows after an update may have only the changes of a JSON document. */
	partial: boolean;
	/** The rows' images, one after the other; of an update that before it comes first. */
	images: Buffer;
}

/** Rows as values. */
export interface ReadRows {
	/** Rows inserted or deleted; of an update, the rows after it. */
	rows: RowValues[];
	/** Rows before an update. */
	before: RowValues[];
}

interface RowsKind {
	operation: "I" | "U" | "D";
	version: 1 | 2;
	compressed?: true;
	partial?: true;
}

const kinds = new Map<number, RowsKind>([
	[23, { operation: "I", version: 1 }],
	[24, { operation: "U", version: 1 }],
	[25, { operation: "D", version: 1 }],
	[30, { operation: "I", version: 2 }],
	[31, { operation: "U", version: 2 }],
	[32, { operation: "D", version: 2 }],
	[eventType.partialUpdate, { operation: "U", version: 2, partial: true }],
	[166, { operation: "I", version: 1, compressed: true }],
	[167, { operation: "U", version: 1, compressed: true }],
	[168, { operation: "D", version: 1, compressed: true }],
	[169, { operation: "I", version: 2, compressed: true }],
	[170, { operation: "U", version: 2, compressed: true }],
	[171, { operation: "D", version: 2, compressed: true }],
]);

const sqlForeignKey = 0x10;

export function isRowsEvent(type: number): boolean {
	return kinds.has(type);
}

/** The number of the table map that the rows belong to. */
export function rowsTableId(body: Buffer): number {
	if (body.length < 6) throw new DecodeError(`rows have ${body.length} bytes`);
	return body.readUIntLE(0, 6);
}

/** A table's map with how its columns are read. */
export interface TableReader {
	map: TableMap;
	columns: readonly ColumnReader[];
}

export function tableReader(map: TableMap, charsets: Charsets): TableReader {
	const columns = map.columns.map((column, index) => {
		const read = columnReader(column, charsets);
		return map.key.includes(index) ? keyReader(column, read, charsets) : read;
	});
	return { map, columns };
}

/** @throws DecodeError where the event is not as the table's map says. */
export function openRows(type: number, body: Buffer, table: TableReader): RowsEvent {
	const kind = kinds.get(type);
	if (kind === undefined) throw new DecodeError(`an event of type ${type} has no rows`);
	const reader = new ByteReader(body);
	reader.skip(6);
	const flags = reader.u16();
	if (kind.version === 2) {
		const extra = reader.u16();
		if (extra < 2) throw new DecodeError(`rows declare ${extra} bytes of extra data`);
		reader.skip(extra - 2);
	}
	const { length } = table.columns;
	const width = reader.lenenc();
	if (width !== length) throw new DecodeError(`rows have ${width} columns, but their table has ${length}`);
	const isWhole = hasAll(reader, width);
	const complete = kind.operation === "U" ? hasAll(reader, width) && isWhole : isWhole;
	if (complete && width === 0 && reader.left > 0) throw new DecodeError("rows without columns do not end");
	const images = reader.rest();
	return {
		operation: kind.operation,
		complete,
		byForeignKey: (flags & sqlForeignKey) !== 0,
		reader: table,
		partial: kind.partial === true,
		images: complete && kind.compressed === true ? inflateMariaDb(images) : images,
	};
}

/** Reads a bitmap of columns, lowest first. @returns whether all are set. */
function hasAll(reader: ByteReader, width: number): boolean {
	const { buffer } = reader;
	let at = reader.take((width + 7) >> 3);
	let left = width;
	for (; left >= 8; left -= 8, at += 1) if (buffer[at] !== 0xff) return false;
	const rest = (1 << left) - 1;
	return left === 0 || ((buffer[at] as number) & rest) === rest;
}

/** @throws DecodeError where the rows are not as the table's map says. */
export function readRows({ operation, complete, reader: table, partial, images }: RowsEvent): ReadRows {
	const read: ReadRows = { rows: [], before: [] };
	if (!complete) return read;
	const { map, columns } = table;
	const reader = new ByteReader(images);
	const isJson = map.columns.map((column) => column.type === mysqlType.json);
	while (reader.left > 0) {
		if (partial) readPartialUpdate(reader, columns, isJson, read);
		else {
			if (operation === "U") read.before.push(readImage(reader, columns));
			read.rows.push(readImage(reader, columns));
		}
	}
	return read;
}

function readImage(reader: ByteReader, columns: readonly ColumnReader[]): RowValues {
	const nulls = reader.take((columns.length + 7) >> 3);
	const row: RowValues = new Array(columns.length);
	let index = 0;
	for (const column of columns) {
		const isNull = (reader.buffer.readUInt8(nulls + (index >> 3)) & (1 << (index & 7))) !== 0;
		row[index] = isNull ? null : column.read(reader);
		index += 1;
	}
	return row;
}

/** JSON columns of the row after an update may have only what changed in them. */
function readPartialUpdate(
	reader: ByteReader,
	columns: readonly ColumnReader[],
	isJson: readonly boolean[],
	event: ReadRows,
): void {
	const documents = new Map<number, JsonValue>();
	const nullBytes = (columns.length + 7) >> 3;
	const nullsBefore = reader.bytes(nullBytes);
	event.before.push(
		columns.map((column, index) => {
			if (bitOf(nullsBefore, index)) return null;
			if (isJson[index] !== true) return column.read(reader);
			const document = readBinaryJson(reader.counted(4));
			// As text now: the changes are made in the document.
			const text = jsonText(document);
			documents.set(index, document);
			return text;
		}),
	);
	const isPartial = (reader.lenenc() & 1) !== 0;
	const partial = isPartial ? reader.bytes((isJson.filter(Boolean).length + 7) >> 3) : undefined;
	const nullsAfter = reader.bytes(nullBytes);
	let json = -1;
	event.rows.push(
		columns.map((column, index) => {
			if (isJson[index] === true) json += 1;
			if (bitOf(nullsAfter, index)) return null;
			if (isJson[index] !== true || partial === undefined || !bitOf(partial, json)) return column.read(reader);
			const document = documents.get(index);
			if (document === undefined) throw new DecodeError("a JSON change has no previous value");
			return jsonText(applyJsonDiff(document, reader.counted(4)));
		}),
	);
}
