import { mysqlType } from "../model/mysqlType.ts";
import { ByteReader, bitOf, DecodeError, highBitOf } from "./byteReader.ts";

/** A column as a table map describes it. */
export interface MappedColumn {
	/** Empty where the server logs no names. */
	name: string;
	/** The real type: ENUM and SET, not the CHAR that they are logged as. */
	type: number;
	/** Of a string: the most bytes. Of BLOB and its kind: bytes of the length. Of ENUM and SET: bytes of a value. BIT: bits. */
	length: number;
	/** DECIMAL: digits. */
	precision: number;
	/** DECIMAL: digits after the point; times: digits of the seconds' fraction. */
	scale: number;
	nullable: boolean;
	unsigned: boolean;
	/** Collation of texts, of ENUM and SET; undefined where the server does not log it. */
	collation: number | undefined;
	/** Of ENUM and SET, in the column's character set. */
	members: readonly Buffer[] | undefined;
}

export interface TableMap {
	id: number;
	schema: string;
	table: string;
	flags: number;
	columns: readonly MappedColumn[];
	/** Indexes of the primary key's columns, in the key's order. */
	key: readonly number[];
	/** Whether the server logs names, so that columns can be matched: binlog_row_metadata is FULL. */
	named: boolean;
}

/** Of which table the events are that follow; enough to pass over a table that is not wanted. */
export function readTableName(body: Buffer): { id: number; schema: string; table: string } {
	const reader = new ByteReader(body);
	const id = reader.u48();
	reader.skip(2);
	return { id, schema: reader.name(), table: reader.name() };
}

export function readTableMap(body: Buffer): TableMap {
	const reader = new ByteReader(body);
	const id = reader.u48();
	const flags = reader.u16();
	const schema = reader.name();
	const table = reader.name();
	const types = reader.bytes(reader.lenenc());
	const metadata = reader.part(reader.lenenc());
	const columns = [...types].map((type) => readColumn(type, metadata));
	const nulls = reader.bytes((types.length + 7) >> 3);
	for (const [index, column] of columns.entries()) column.nullable = bitOf(nulls, index);
	let key: number[] = [];
	let named = false;
	while (reader.left > 0) {
		const field = reader.u8();
		const part = reader.part(reader.lenenc());
		if (field === 4) named = true;
		key = readOptional(field, part, columns) ?? key;
	}
	return { id, schema, table, flags, columns, key, named };
}

function readColumn(logged: number, metadata: ByteReader): MappedColumn {
	const column: MappedColumn = {
		name: "",
		type: logged,
		length: 0,
		precision: 0,
		scale: 0,
		nullable: true,
		unsigned: false,
		collation: undefined,
		members: undefined,
	};
	switch (logged) {
		case mysqlType.float:
		case mysqlType.double:
		case mysqlType.blob:
		case mysqlType.blobCompressed:
		case mysqlType.json:
		case mysqlType.geometry:
		case mysqlType.vector:
			column.length = metadata.u8();
			break;
		case mysqlType.timestamp2:
		case mysqlType.datetime2:
		case mysqlType.time2:
			column.scale = metadata.u8();
			if (column.scale > 6) throw new DecodeError(`a time has ${column.scale} fractional digits`);
			break;
		case mysqlType.varchar:
		case mysqlType.varcharCompressed:
			column.length = metadata.u16();
			break;
		case mysqlType.bit: {
			const bits = metadata.u8();
			column.length = metadata.u8() * 8 + bits;
			break;
		}
		case mysqlType.newDecimal:
			column.precision = metadata.u8();
			column.scale = metadata.u8();
			if (column.scale > column.precision || column.precision > 81) {
				throw new DecodeError(`DECIMAL(${column.precision},${column.scale}) is not valid`);
			}
			break;
		case mysqlType.string:
		case mysqlType.varString:
		case mysqlType.enum:
		case mysqlType.set:
			readStringMetadata(column, metadata);
			break;
		default:
	}
	return column;
}

/** The real type and the length; long lengths have two of their bits in the type's. */
function readStringMetadata(column: MappedColumn, metadata: ByteReader): void {
	const first = metadata.u8();
	const second = metadata.u8();
	if (first === mysqlType.enum || first === mysqlType.set) {
		column.type = first;
		column.length = second;
	} else {
		column.type = mysqlType.string;
		column.length = second | (((first & 0x30) ^ 0x30) << 4);
	}
}

const numeric = new Set<number>([
	...[mysqlType.tiny, mysqlType.short, mysqlType.int24, mysqlType.long, mysqlType.longlong, mysqlType.float],
	...[mysqlType.double, mysqlType.newDecimal, mysqlType.decimal, mysqlType.year],
]);
const textual = new Set<number>([
	...[mysqlType.varchar, mysqlType.string, mysqlType.varString, mysqlType.blob, mysqlType.tinyBlob],
	...[mysqlType.mediumBlob, mysqlType.longBlob, mysqlType.blobCompressed, mysqlType.varcharCompressed],
]);

/** @returns the primary key, where the field is one. */
function readOptional(field: number, part: ByteReader, columns: readonly MappedColumn[]): number[] | undefined {
	const ofType = (...types: number[]): MappedColumn[] => columns.filter((column) => types.includes(column.type));
	const listed = columns.filter((column) => column.type === mysqlType.enum || column.type === mysqlType.set);
	switch (field) {
		case 1: {
			const bits = part.rest();
			for (const [index, column] of columns.filter(({ type }) => numeric.has(type)).entries()) {
				column.unsigned = highBitOf(bits, index);
			}
			return undefined;
		}
		case 2:
		case 3:
			readCollations(
				part,
				columns.filter(({ type }) => textual.has(type)),
				field === 2,
			);
			return undefined;
		case 4:
			for (const column of columns) column.name = part.counted(1).toString("utf8");
			return undefined;
		case 5:
			readMembers(part, ofType(mysqlType.set));
			return undefined;
		case 6:
			readMembers(part, ofType(mysqlType.enum));
			return undefined;
		case 8:
		case 9:
			return readKey(part, columns.length, field === 9);
		case 10:
		case 11:
			readCollations(part, listed, field === 10);
			return undefined;
		default:
			return undefined;
	}
}

/** One for each column, or a default with its exceptions. */
function readCollations(part: ByteReader, columns: readonly MappedColumn[], hasDefault: boolean): void {
	if (!hasDefault) {
		for (const column of columns) column.collation = part.lenenc();
		return;
	}
	const standard = part.lenenc();
	for (const column of columns) column.collation = standard;
	while (part.left > 0) {
		const index = part.lenenc();
		const column = columns[index];
		const collation = part.lenenc();
		if (column === undefined) throw new DecodeError(`there is no column ${index} with a collation`);
		column.collation = collation;
	}
}

function readMembers(part: ByteReader, columns: readonly MappedColumn[]): void {
	for (const column of columns) {
		const count = part.lenenc();
		if (count > part.left) throw new DecodeError(`a column declares ${count} members`);
		column.members = Array.from({ length: count }, () => part.bytes(part.lenenc()));
	}
}

/** With a prefix, each index is followed by its characters. */
function readKey(part: ByteReader, columns: number, prefixed: boolean): number[] {
	const key: number[] = [];
	while (part.left > 0) {
		const index = part.lenenc();
		if (index >= columns) throw new DecodeError(`the primary key names column ${index} of ${columns}`);
		if (prefixed) part.lenenc();
		key.push(index);
	}
	return key;
}
