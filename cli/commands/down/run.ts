import { bringDown } from "../../actions/down.ts";
import type { Run } from "../../command.ts";
import { PipelineError } from "../../common/errors.ts";
import { confirm } from "../../ui/confirm.ts";
import { upCommand } from "../shared/comeBack.ts";
import type { definition } from "./definition.ts";

export const run: Run<typeof definition> = async ({ options, interactive, context, localHost }) => {
	const { purge } = options;
	const host = await localHost();
	await host.requireStack();
	if (purge && !options.yes) {
		const agreed = interactive && (await confirm(`Remove ${host.home} with all its data?`, context.signal));
		if (!agreed) {
			throw new PipelineError("usage", {
				what: "Removed nothing.",
				why: interactive
					? "The removal was not confirmed."
					: "Without a terminal, the command cannot ask for confirmation.",
				fix: "Confirm with yes, or pass --yes.",
				next: "pipeline-cli down --purge --yes",
			});
		}
	}
	const result = await bringDown(host, { purge }, context);
	const removed = result.purged
		? `Removed ${host.home}.`
		: `The data is kept. To start everything again: ${upCommand(result.everySeconds)}`;
	return {
		json: { stack: host.name, ...result },
		text: `Stopped everything. ${removed}`,
	};
};
