import { expect, it } from "vitest";
import { PipelineError } from "../../common/errors.ts";
import type { Context, Query } from "../../engines/port.ts";
import { filledTables } from "./reportedTables.ts";
import { silentTables } from "./silentTables.ts";

const context: Context = {
	reporter: {
		task: (_, run) => run(() => undefined),
		wait: (_, work) => work(),
		note: () => undefined,
		warn: () => undefined,
	},
	signal: new AbortController().signal,
};

const table = (name: string, rows_written: number, schema = "shop") => ({
	...{ schema, table: name, rows_read: 5, rows_written, note: null },
});

it("a table without rows is silent where a job of the run gave it some, and only there", async () => {
	const filled = filledTables(
		[
			{ job: "process-load", report: { tables: [table("orders", 5), table("lines", 0)] } },
			{ job: "process-cdc", report: { tables: [table("Notes", 1)] } },
			{ job: "apply-changes", report: { tables: [table("orders", 5)] } },
			{ job: "build-models", report: { tables: [table("revenue", 3, "models"), table("nothing", 0, "models")] } },
			{ job: "star-schema" },
		],
		[{ schema: "shop", tables: [{ name: "Notes", alias: "shop_notes" }] }] as never,
	);
	const names = ["orders", "orders_changes", "lines_changes", "shop_notes_changes", "revenue", "nothing", "broken"];
	const query: Query = {
		async run(sql) {
			if (sql.includes("broken")) throw new PipelineError("failure", { what: "cut short" });
			return { columns: [], rows: sql.includes("shop_notes") ? [[1]] : [], seconds: 0 };
		},
	};
	const silent = await silentTables(
		query,
		names.map((name) => ({ name })),
		["orders", "lines"],
		filled,
		context,
	);
	expect(silent.map(({ table: name }) => name).sort()).toEqual(["broken", "lines", "orders_changes", "revenue"]);
	expect(silent.find(({ table: name }) => name === "revenue")?.reason).toContain(
		"returned no rows, although a job of this run",
	);
});
