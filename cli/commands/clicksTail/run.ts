import { definedClicks } from "../../actions/clicks/definedClicks.ts";
import { followClicks } from "../../actions/clicks/tailClicks.ts";
import type { Run } from "../../command.ts";
import type { Arrival } from "../../engines/port.ts";
import { abortReason } from "../shared/aborted.ts";
import type { definition } from "./definition.ts";

/** `clicks tail`: what arrives in the clickstream, a record a line. */
export const run: Run<typeof definition> = async ({ options, stack, context, print }) => {
	const { records = Infinity } = options;
	const show = ({ record }: Arrival): Promise<void> => print(`${record}\n`);
	const found = await stack();
	definedClicks(await found.definition());
	context.reporter.note(`Showing clicks as they arrive. Stack ${found.name}.`);
	const result = await followClicks(await found.eventStream(), { records, show }, context);
	const reason = abortReason(context.signal);
	// Ctrl-C is how a tail without a number ends.
	if (reason !== undefined && (reason.outcome !== "cancelled" || Number.isFinite(records))) {
		return { json: result, text: "", outcome: reason.outcome };
	}
	return { json: result, text: "" };
};
