import { exportRows } from "../../actions/query/exportRows.ts";
import type { Run } from "../../command.ts";
import { counted } from "../../common/grouped.ts";
import { formatBytes } from "../../ui/format.ts";
import { stackLine } from "../../ui/stackLine.ts";
import type { definition } from "./definition.ts";

/** `export`: a table or an answer as a file. */
export const run: Run<typeof definition> = async ({ args, options, stack, context }) => {
	const found = await stack();
	const { path, rows, bytes } = await exportRows(
		found,
		{
			what: args.what,
			format: options.format,
			output: options.output,
			safe: options.safe,
		},
		context,
	);
	const text = `${path}: ${counted(rows, "row")}, ${formatBytes(bytes)}.\n${stackLine(found.name)}`;
	return { json: { path, rows, bytes }, text };
};
