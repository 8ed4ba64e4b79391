import type { Run } from "../../command.ts";
import { formatSeconds } from "../../ui/format.ts";
import type { definition } from "./definition.ts";

export const run: Run<typeof definition> = async ({ options, localHost, context }) => {
	const result = await (await localHost()).setup(context, { dev: options.dev });
	return {
		json: result,
		text: [
			...(result.mariaDb === undefined ? [] : [`MariaDB ${result.mariaDb.version}: ${result.mariaDb.server}`]),
			`Python environment ${result.python.action}: ${result.python.binary}`,
			`Everything that the local stack needs is installed (${formatSeconds(result.seconds)}).`,
		].join("\n"),
	};
};
