import chalk from "chalk";
import type { Run } from "../../command.ts";
import { formatCount, formatSeconds } from "../../ui/format.ts";
import type { definition } from "./definition.ts";

/** `source seed`: the sample schemas. */
export const run: Run<typeof definition> = async ({ options, localHost, context }) => {
	const { seed, scale, reset, yes } = options;
	const host = await localHost();
	await host.requireStack();
	const result = await host.seed(context, { seed, scale, reset, yes });
	const lines = result.schemas.map(
		({ schema, tables, rows }) => `${schema}: ${tables} tables, ${formatCount(rows)} rows`,
	);
	return { json: result, text: [...lines, chalk.dim(`Filled in ${formatSeconds(result.seconds)}.`)].join("\n") };
};
