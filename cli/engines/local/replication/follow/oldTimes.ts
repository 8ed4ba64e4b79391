import type { TableMap } from "../decode/tableMap.ts";
import type { TableCheckpoint } from "../model/checkpoint.ts";
import { mysqlType } from "../model/mysqlType.ts";
import { isSame } from "../model/rules.ts";

const oldTypes = new Set<number>([mysqlType.time, mysqlType.datetime, mysqlType.timestamp]);

/**
 * A time of the format from before MySQL 5.6, which MariaDB still has (mysql56_temporal_format=OFF), is as long as its digits after the
 * point make it. The binlog does not say how many they are, the table's definition does.
 * @param isCurrent whether the table's columns are those of the rows' place.
 * @returns the column whose values cannot be read for that.
 */
export function unreadTime(map: TableMap, table: TableCheckpoint, isCurrent: boolean): string | undefined {
	return map.columns.find(({ name, type }) => {
		if (!oldTypes.has(type)) return false;
		const defined = table.columns.find((column) => isSame(column.name, name))?.type;
		return !isCurrent || defined === undefined || !/^\w+$/.test(defined);
	})?.name;
}
