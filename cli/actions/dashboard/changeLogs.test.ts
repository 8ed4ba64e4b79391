import { expect, test } from "vitest";
import { loggedTable } from "./changeLogs.ts";

test.for([
	["orders_changes", "parquet", "orders"],
	// The source's own name ends so: it is a current table.
	["orders_changes", "iceberg", undefined],
	["orders", "iceberg", undefined],
	["clickstream_data", "json", undefined],
] as const)("whose change log is %s (%s): %s", ([name, format, table]) => {
	expect(loggedTable({ name, format })).toBe(table);
});
