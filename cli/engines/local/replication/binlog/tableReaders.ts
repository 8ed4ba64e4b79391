import { messageOf } from "../../../../common/errors.ts";
import { DecodeError } from "../decode/byteReader.ts";
import type { Charsets } from "../decode/charset.ts";
import { type TableReader, tableReader } from "../decode/rowsEvent.ts";
import { readTableMap, readTableName, type TableMap } from "../decode/tableMap.ts";
import { type TableName, tableId } from "../model/tableName.ts";
import type { BinlogTable } from "./binlogEvent.ts";

/** What is known of a table's number: how its rows are read, why they cannot be, or that nobody wants them. */
export type MappedTable =
	| { kind: "unwanted"; name: TableName }
	| { kind: "broken"; name: TableName; reason: string; cause: "incomplete" | "undecodable" }
	| { kind: "table"; table: BinlogTable; reader: TableReader };

/** Tells whose rows are wanted. The answer may become another one while the binlog is read. */
export type IsWanted = (name: TableName) => boolean;

const unnamed = "the source logged no names of its columns (its binlog_row_metadata was not FULL)";

/** Bytes of a table map before what describes the table: its number. */
const numberBytes = 6;

/** The tables by the numbers that the binlog gives them. A number holds until it is used again. */
export class TableReaders {
	readonly #charsets: Charsets;
	readonly #isWanted: IsWanted;
	readonly #byNumber = new Map<number, { body: Buffer; mapped: MappedTable }>();
	/** The last description of each table. */
	readonly #described = new Map<string, BinlogTable>();

	constructor(charsets: Charsets, isWanted: IsWanted) {
		this.#charsets = charsets;
		this.#isWanted = isWanted;
	}

	get(number: number): MappedTable | undefined {
		return this.#byNumber.get(number)?.mapped;
	}

	/** @returns the collations that must be known before `describe`. */
	collationsOf(body: Buffer): readonly number[] {
		if (this.#isKnown(body)) return [];
		if (!this.#isWanted(readTableName(body))) return [];
		try {
			const collations = readTableMap(body).columns.map(({ collation }) => collation);
			return [...collations.filter((collation) => collation !== undefined), 63];
		} catch (error) {
			if (error instanceof DecodeError) return [];
			throw error;
		}
	}

	/** Takes in a table map; a statement's come right before its rows. */
	describe(body: Buffer): void {
		if (this.#isKnown(body)) return;
		const { id, schema, table } = readTableName(body);
		const name: TableName = { schema, table };
		const mapped: MappedTable = this.#isWanted(name) ? this.#map(body, name) : { kind: "unwanted", name };
		this.#byNumber.set(id, { body: Buffer.from(body), mapped });
	}

	/** Most transactions describe their tables as the one before did. */
	#isKnown(body: Buffer): boolean {
		if (body.length < numberBytes) return false;
		const known = this.#byNumber.get(body.readUIntLE(0, numberBytes));
		if (known?.body.equals(body) !== true) return false;
		return known.mapped.kind !== "unwanted" || !this.#isWanted(known.mapped.name);
	}

	#map(body: Buffer, name: TableName): MappedTable {
		try {
			const map = readTableMap(body);
			if (!map.named && map.columns.length > 0) {
				return { kind: "broken", name, reason: unnamed, cause: "incomplete" };
			}
			const reader = tableReader(map, this.#charsets);
			return { kind: "table", reader, table: this.#describeAs(map, reader) };
		} catch (error) {
			if (!(error instanceof DecodeError)) throw error;
			return { kind: "broken", name, reason: messageOf(error), cause: "undecodable" };
		}
	}

	/** The same object for the same description, so that it can be compared fast. */
	#describeAs({ schema, table, columns, key }: TableMap, reader: TableReader): BinlogTable {
		const id = tableId({ schema, table });
		const described: BinlogTable = {
			id,
			schema,
			table,
			columns: columns.map(({ name }, index) => ({ name, type: reader.columns[index]?.declared ?? "" })),
			key: key.map((index) => columns[index]?.name ?? ""),
		};
		const previous = this.#described.get(id);
		if (previous !== undefined && sameDescription(previous, described)) return previous;
		this.#described.set(id, described);
		return described;
	}
}

function sameDescription(a: BinlogTable, b: BinlogTable): boolean {
	return (
		a.columns.length === b.columns.length &&
		a.key.length === b.key.length &&
		a.columns.every(
			(column, index) => column.name === b.columns[index]?.name && column.type === b.columns[index]?.type,
		) &&
		a.key.every((name, index) => name === b.key[index])
	);
}
