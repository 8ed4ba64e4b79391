import { expect, it } from "vitest";
import type { MappedColumn, TableMap } from "../decode/tableMap.ts";
import type { ColumnDefinition } from "../model/checkpoint.ts";
import { mysqlType } from "../model/mysqlType.ts";
import { newTable } from "../model/taskState.ts";
import { unreadTime } from "./oldTimes.ts";

it.for<[what: string, logged: number, defined: string, isCurrent: boolean, unread: boolean]>([
	["an old time with a fraction", mysqlType.time, "time(3)", true, true],
	["an old timestamp with a fraction", mysqlType.timestamp, "timestamp(6)", true, true],
	["an old time without one", mysqlType.datetime, "datetime", true, false],
	["an old time that may have had another one", mysqlType.time, "time", false, true],
	["an old time that is withheld, of which nothing is kept", mysqlType.time, "", true, true],
	["a time that says what it has", mysqlType.time2, "time(3)", true, false],
	["another type", mysqlType.newDecimal, "decimal(5,2)", true, false],
])("%s is read from the binlog only if its length is known", ([, type, defined, isCurrent, unread]) => {
	const map = { columns: [{ name: "V", type } as MappedColumn] } as unknown as TableMap;
	const columns = [{ name: "v", type: defined } as ColumnDefinition];
	const table = { ...newTable({ schema: "s", table: "t" }, "Table completed"), columns };
	expect(unreadTime(map, table, isCurrent)).toBe(unread ? "V" : undefined);
});
