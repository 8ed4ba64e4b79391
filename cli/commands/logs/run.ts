import type { Run } from "../../command.ts";
import { didYouMean } from "../../common/didYouMean.ts";
import { PipelineError } from "../../common/errors.ts";
import { logLine } from "../../ui/table.ts";
import type { definition } from "./definition.ts";

/** `logs`: the last lines of a part's newest log. */
export const run: Run<typeof definition> = async ({ args, options, stack, context }) => {
	const found = await stack();
	const port = await found.logs();
	const { part } = args;
	if (!port.parts.includes(part)) {
		throw new PipelineError("usage", {
			what: `There is no log of ${part}.`,
			fix: didYouMean(part, port.parts, `On the stack ${found.name} these have one: ${port.parts.join(", ")}.`),
			next: "pipeline-cli logs replication",
		});
	}
	const { log, lines } = await port.read(part, options.lines);
	context.reporter.note(`Stack ${found.name}. All of it: ${log}`);
	return { json: { part, log, lines }, text: lines.map(logLine).join("\n"), asIs: true };
};
