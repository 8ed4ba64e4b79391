import { followLog, followWindow } from "../../actions/followLog.ts";
import type { Run } from "../../command.ts";
import { didYouMean } from "../../common/didYouMean.ts";
import { PipelineError } from "../../common/errors.ts";
import { logLine } from "../../ui/table.ts";
import { abortReason } from "../shared/aborted.ts";
import type { definition } from "./definition.ts";

/** Milliseconds between two looks of --follow; on AWS each is a call that is limited in rate. */
const lookMs = { local: 500, aws: 5000 } as const;

/** `logs`: the last lines of a part's newest log. */
export const run: Run<typeof definition> = async ({ args, options, json, stack, context, print }) => {
	if (options.follow && json) {
		throw new PipelineError("usage", {
			what: "--follow and --json cannot be combined.",
			why: "--json prints one document, but --follow never ends.",
			fix: "Leave out one of them.",
			next: "pipeline-cli logs --help",
		});
	}
	const found = await stack();
	const port = await found.logs();
	const { part } = args;
	if (!port.parts.includes(part)) {
		throw new PipelineError("usage", {
			what: `There is no log for ${part}.`,
			fix: didYouMean(part, port.parts, `The stack ${found.name} has logs for ${port.parts.join(", ")}.`),
			next: "pipeline-cli logs replication",
		});
	}
	const known = await port.read(part, options.follow ? Math.max(options.lines, followWindow) : options.lines);
	const { log } = known;
	const lines = known.lines.slice(-options.lines);
	context.reporter.note(`Stack ${found.name}. Full log: ${log}`);
	if (options.follow) {
		const show = (added: readonly string[]): Promise<void> => print(added.map((line) => `${logLine(line)}\n`).join(""));
		await show(lines);
		const every = { everyMs: lookMs[found.engine], signal: context.signal };
		await followLog(port, part, known, show, every).catch((error: unknown) => {
			// Ctrl-C is how this ends.
			if (abortReason(context.signal)?.outcome !== "cancelled") throw error;
		});
		return { json: {}, text: "" };
	}
	return { json: { part, log, lines }, text: lines.map(logLine).join("\n"), asIs: true };
};
