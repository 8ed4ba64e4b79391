import { type ExportFormat, exportRows } from "../actions/query/exportRows.ts";
import type { Command } from "../command.ts";
import { formatBytes, formatCount } from "../ui/format.ts";
import { stackLine } from "../ui/stackLine.ts";

/** `export`: a table or an answer as a file. */
export const exportData: Command = async ({ args, options, stack, context }) => {
	const found = await stack();
	const { path, rows, bytes } = await exportRows(
		found,
		{
			what: args[0] ?? "",
			format: options.format as ExportFormat,
			output: options.output as string | undefined,
		},
		context,
	);
	const text = `${path}: ${formatCount(rows)} rows, ${formatBytes(bytes)}.\n${stackLine(found.name)}`;
	return { json: { path, rows, bytes }, text };
};
