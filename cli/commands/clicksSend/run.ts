import { readFile } from "node:fs/promises";
import { sendClicks } from "../../actions/clicks/clicks.ts";
import { clickTemplate, definedClicks } from "../../actions/clicks/definedClicks.ts";
import type { Run } from "../../command.ts";
import { messageOf, PipelineError } from "../../common/errors.ts";
import { formatCount, formatSeconds } from "../../ui/format.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { abortReason } from "../shared/aborted.ts";
import type { definition } from "./definition.ts";

/** Records where neither their number nor a duration is asked for. */
const defaultRecords = 1000;

/** `clicks send`: sample clicks into the clickstream. */
export const run: Run<typeof definition> = async ({ options, stack, context }) => {
	const { duration, seed, rate } = options;
	const records = options.records ?? (duration === undefined ? defaultRecords : Infinity);
	const given = await readTemplate(options.template);
	const found = await stack();
	const definition = await found.definition();
	definedClicks(definition);
	const click = { records, seed, rate, duration, template: given ?? clickTemplate(definition) };
	const sent = await sendClicks(await found.eventStream(), click, context);
	const malformed =
		sent.malformed > 0 ? ` ${formatCount(sent.malformed)} are not valid JSON and were stored separately.` : "";
	const text = `${formatCount(sent.accepted)} records accepted, ${formatCount(sent.retried)} retried, ${formatCount(sent.lost)} lost in ${formatSeconds(sent.seconds)}.${malformed}\n${stackLine(found.name)}`;
	if (sent.lost > 0) return { json: sent, text, outcome: "failure" };
	const reason = abortReason(context.signal);
	return { json: sent, text, ...(reason !== undefined && { outcome: reason.outcome }) };
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
				fix: "Choose a file that contains one JSON record.",
			},
			{ cause: error },
		);
	}
}
