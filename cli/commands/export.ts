import type { Command } from "../command.ts";
import { type ExportFormat, exportRows } from "../steps/exportRows.ts";
import { formatBytes, formatCount } from "../ui/format.ts";

/** `export`: a table or an answer as a file. */
export const exportData: Command = async ({ args, options, stack, context }) => {
	const { path, rows, bytes } = await exportRows(
		await stack(),
		{
			what: args[0] ?? "",
			format: options.format as ExportFormat,
			output: options.output as string | undefined,
		},
		context,
	);
	return { json: { path, rows, bytes }, text: `${path}: ${formatCount(rows)} rows, ${formatBytes(bytes)}.` };
};
