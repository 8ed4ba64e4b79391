import { runView } from "../../actions/dashboard/runs.ts";
import type { Run } from "../../command.ts";
import { formatCount, formatSeconds, formatTime } from "../../ui/format.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { renderTable } from "../../ui/table.ts";
import { paintState } from "../shared/etlRun.ts";
import type { definition } from "./definition.ts";

/** `runs list`: the newest runs, one a line. */
export const run: Run<typeof definition> = async ({ options, stack }) => {
	const found = await stack();
	const runs = (await (await found.jobs()).runs(options.limit)).map(runView);
	if (runs.length === 0) {
		return {
			json: { runs },
			text: `The jobs have not run yet. To run them: pipeline-cli run-etl\n${stackLine(found.name)}`,
		};
	}
	const table = renderTable(
		[
			{ title: "RUN" },
			{ title: "STATE" },
			{ title: "STARTED" },
			{ title: "DURATION", align: "right" },
			{ title: "ROWS WRITTEN", align: "right" },
			{ title: "" },
		],
		runs.map(({ runId, state, startedAt, seconds, rowsWritten, failures }) => [
			runId,
			paintState(state),
			startedAt === undefined ? "" : formatTime(startedAt),
			seconds === undefined ? "" : formatSeconds(seconds),
			formatCount(rowsWritten),
			failures.map(({ job, why }) => `${job}: ${why}`).join("; "),
		]),
	);
	return { json: { runs }, text: `${table}\n${stackLine(found.name)}` };
};
