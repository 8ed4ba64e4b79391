import type { Run } from "../../command.ts";
import { PipelineError } from "../../common/errors.ts";
import type { ReplicationOptions } from "../../engines/port.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { describeStatus } from "../shared/replication.ts";
import type { definition } from "./definition.ts";

/** `replication start`: full load and changes, in the background. */
export const run: Run<typeof definition> = async ({ options, stack, context }) => {
	const chosen = await stack();
	if (options.target !== undefined && chosen.engine === "aws") {
		throw new PipelineError("usage", {
			what: `The replication target of ${chosen.name} is set when it is deployed.`,
			fix: "Set replicationTarget to s3 or kinesis in the stack's configuration.",
			next: "pulumi config set replicationTarget kinesis && pulumi up",
		});
	}
	const replication = await chosen.replication();
	const { target, batchInterval, batchMb } = options;
	const wanted: ReplicationOptions = {
		reload: options.reload,
		...(target === undefined ? {} : { target }),
		...(batchInterval === undefined ? {} : { batchInterval }),
		...(batchMb === undefined ? {} : { batchBytes: batchMb * 1024 * 1024 }),
	};
	const outcome = await replication.start(context, wanted);
	const status = await replication.status();
	const said = {
		started: "Replication started.",
		resumed: "Replication resumed.",
		"already running": "Already running.",
	};
	return { json: { outcome, status }, text: `${said[outcome]}\n${describeStatus(status)}\n${stackLine(chosen.name)}` };
};
