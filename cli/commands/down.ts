import { bringDown } from "../actions/down.ts";
import type { Command } from "../command.ts";
import { PipelineError } from "../common/errors.ts";
import { LocalHostEngine } from "../engines/local/host.ts";
import { LocalStack } from "../engines/local/stack.ts";
import { confirm } from "../ui/confirm.ts";

export const down: Command = async ({ options, interactive, context }) => {
	const purge = options.purge === true;
	const host = new LocalHostEngine();
	if (purge && options.yes !== true) {
		const agreed = interactive && (await confirm(`Remove ${host.home} with all its data?`, context.signal));
		if (!agreed) {
			throw new PipelineError("usage", {
				what: "Nothing was removed.",
				why: interactive ? "You did not agree." : "There is no terminal to ask at.",
				fix: "Say yes, or pass --yes.",
				next: "pipeline-cli down --purge --yes",
			});
		}
	}
	const result = await bringDown(host, new LocalStack(), { purge }, context);
	const removed = result.purged ? `Removed ${host.home}.` : "The data stays.";
	return {
		json: { stack: "local", ...result },
		text: `Everything is stopped. ${removed}`,
	};
};
