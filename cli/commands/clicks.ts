import type { Command } from "../command.ts";
import { sendClicks } from "../steps/clicks.ts";
import { formatCount, formatSeconds } from "../ui/format.ts";

/** `clicks send`: sample clicks into the clickstream. */
export const clicksSend: Command = async ({ options, stack, context }) => {
	const stream = await (await stack()).eventStream();
	const sent = await sendClicks(stream, { records: options.records as number, seed: options.seed as number }, context);
	const text = `${formatCount(sent.accepted)} records accepted, ${formatCount(sent.retried)} retried, ${formatCount(sent.lost)} lost in ${formatSeconds(sent.seconds)}.`;
	if (sent.lost > 0) return { json: sent, text, outcome: "failure" };
	return { json: sent, text, ...(context.signal.aborted && { outcome: "cancelled" as const }) };
};
