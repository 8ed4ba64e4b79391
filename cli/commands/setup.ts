import type { Command } from "../command.ts";
import { setup as run } from "../engines/local/setup/setup.ts";
import { formatSeconds } from "../ui/format.ts";

export const setup: Command = async ({ options, context }) => {
	const result = await run(context, { dev: options.dev === true });
	return {
		json: result,
		text: [
			...(result.mariaDb === undefined ? [] : [`MariaDB ${result.mariaDb.version}: ${result.mariaDb.server}`]),
			`Python environment ${result.python.action}: ${result.python.binary}`,
			`All that the local stack needs is here (${formatSeconds(result.seconds)}).`,
		].join("\n"),
	};
};
