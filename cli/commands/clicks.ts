import { readFile } from "node:fs/promises";
import { sendClicks } from "../actions/clicks/clicks.ts";
import { followClicks } from "../actions/clicks/tailClicks.ts";
import type { Command } from "../command.ts";
import { messageOf, PipelineError } from "../common/errors.ts";
import type { Arrival } from "../engines/port.ts";
import { formatCount, formatSeconds } from "../ui/format.ts";
import { stackLine } from "../ui/stackLine.ts";

/** Records where neither their number nor a duration is asked for. */
const defaultRecords = 1000;

/** `clicks send`: sample clicks into the clickstream. */
export const clicksSend: Command = async ({ options, stack, context }) => {
	const duration = options.duration as number | undefined;
	const click = {
		records: (options.records as number | undefined) ?? (duration === undefined ? defaultRecords : Infinity),
		seed: options.seed as number,
		rate: options.rate as number | undefined,
		duration,
		template: await readTemplate(options.template as string | undefined),
	};
	const found = await stack();
	const sent = await sendClicks(await found.eventStream(), click, context);
	const malformed = sent.malformed > 0 ? ` ${formatCount(sent.malformed)} are no JSON, and were kept apart.` : "";
	const text = `${formatCount(sent.accepted)} records accepted, ${formatCount(sent.retried)} retried, ${formatCount(sent.lost)} lost in ${formatSeconds(sent.seconds)}.${malformed}\n${stackLine(found.name)}`;
	if (sent.lost > 0) return { json: sent, text, outcome: "failure" };
	const { reason } = context.signal as { reason?: unknown };
	return { json: sent, text, ...(reason instanceof PipelineError && { outcome: reason.outcome }) };
};

/** `clicks tail`: what arrives in the clickstream, a record a line. */
export const clicksTail: Command = async ({ options, stack, context, print }) => {
	const records = (options.records as number | undefined) ?? Infinity;
	const show = ({ record }: Arrival): Promise<void> => print(`${record}\n`);
	const found = await stack();
	context.reporter.note(`What arrives from now on. Stack ${found.name}.`);
	const result = await followClicks(await found.eventStream(), { records, show }, context);
	const { reason } = context.signal as { reason?: unknown };
	// Ctrl-C is how a tail without a number ends.
	if (reason instanceof PipelineError && (reason.outcome !== "cancelled" || Number.isFinite(records))) {
		return { json: result, text: "", outcome: reason.outcome };
	}
	return { json: result, text: "" };
};

async function readTemplate(path: string | undefined): Promise<string | undefined> {
	if (path === undefined) return undefined;
	try {
		return await readFile(path, "utf8");
	} catch (error) {
		throw new PipelineError(
			"usage",
			{
				what: `The template ${path} cannot be read.`,
				why: messageOf(error),
				fix: "Name a file with a record in JSON.",
			},
			{ cause: error },
		);
	}
}
