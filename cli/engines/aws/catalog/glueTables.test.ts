import type { Table } from "@aws-sdk/client-glue";
import { expect, it } from "vitest";
import { catalogTable } from "./glueTables.ts";

const table = (old: boolean): Table => ({
	Name: "orders",
	Parameters: { table_type: "ICEBERG" },
	StorageDescriptor: {
		Columns: [
			{ Name: "id", Type: "int", Parameters: { "iceberg.field.current": "true" } },
			...(old ? [{ Name: "note", Type: "string", Parameters: { "iceberg.field.current": "false" } }] : []),
		],
	},
});

it("columns that a table had once are not its columns, and coming to be so changes nothing that is read", () => {
	expect(catalogTable(table(true), table(false))).toMatchObject({
		columns: [{ name: "id", type: "int" }],
		change: "unchanged",
	});
});
