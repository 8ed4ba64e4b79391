import type { Run } from "../../command.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { renderTable } from "../../ui/table.ts";
import type { definition } from "./definition.ts";

/** `warehouse apply`: makes sure of the schemas, views and grants. */
export const run: Run<typeof definition> = async ({ stack, context }) => {
	const found = await stack();
	const warehouse = await found.warehouse();
	const objects = await context.reporter.task("Create schemas and views", () => warehouse.apply(context));
	return {
		json: { objects },
		text: `${renderTable(
			[{ title: "KIND" }, { title: "NAME" }],
			objects.map((object) => [object.kind, object.name]),
		)}\n${stackLine(found.name)}`,
	};
};
