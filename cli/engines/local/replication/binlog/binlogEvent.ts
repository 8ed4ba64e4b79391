import type { RowsEvent } from "../decode/rowsEvent.ts";
import type { Position } from "../model/position.ts";
import type { TableName } from "../model/tableName.ts";

/** A table as the binlog describes it, at the time of the change. */
export interface BinlogTable {
	/** `tableId` of it, which is asked for with each event. */
	id: string;
	schema: string;
	table: string;
	columns: readonly { name: string; type: string }[];
	/** Names of the primary key's columns, in order. */
	key: readonly string[];
}

interface EventBase {
	/** Milliseconds since 1970, whole seconds. */
	time: number;
	/** Bytes in the binlog. */
	size: number;
	/** Offset of the next event in the same file; 0 where it is unknown. */
	next: number;
}

/** What the replicator needs of the binlog's events. */
export type BinlogEvent = EventBase &
	(
		| { kind: "rotate"; position: Position }
		| { kind: "format" }
		| { kind: "gtid"; gtid: string; standalone: boolean }
		/** Rows, as they are in the event. */
		| { kind: "rows"; table: BinlogTable; rows: RowsEvent }
		/** Rows of a table that the event does not hold whole, or that cannot be read. Only a reload tells how they are now. */
		| { kind: "unread"; table: TableName; reason: string; cause: "incomplete" | "undecodable" }
		/** The source knows that changes are missing from its binlog here. */
		| { kind: "incident"; reason: string }
		/** `ofSession`: it used a temporary table. */
		| { kind: "query"; schema: string; sql: string; sqlMode: bigint | undefined; ofSession: boolean }
		| { kind: "commit" }
		| { kind: "prepare"; xid: string; onePhase: boolean }
		| { kind: "other" }
	);
