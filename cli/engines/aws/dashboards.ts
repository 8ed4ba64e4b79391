import type { PipelineOutputs } from "../../../infra/outputs.ts";
import { PipelineError } from "../../common/errors.ts";
import type { Clients } from "./client/clients.ts";

/**
 * States of a published version of a dashboard: it can be seen or not.
 * https://docs.aws.amazon.com/quicksight/latest/APIReference/API_DashboardVersion.html
 */
export const dashboardStates: Readonly<Record<string, "ready" | "pending" | "failed">> = {
	CREATION_SUCCESSFUL: "ready",
	UPDATE_SUCCESSFUL: "ready",
	CREATION_IN_PROGRESS: "pending",
	UPDATE_IN_PROGRESS: "pending",
	CREATION_FAILED: "failed",
	UPDATE_FAILED: "failed",
	DELETED: "failed",
};

/** Where the stack's QuickSight dashboards are seen, by name, after asking that each can be; none where it has none. */
export async function dashboardUrls(clients: Clients, deployment: PipelineOutputs): Promise<Record<string, string>> {
	const { dashboards, accountId, region } = deployment;
	if (dashboards === null) return {};
	const client = await clients.quicksight();
	const { DescribeDashboardCommand } = await import("@aws-sdk/client-quicksight");
	const entries = await Promise.all(
		Object.entries(dashboards.dashboards).map(async ([name, id]) => {
			const { Dashboard: found } = await client.send(
				new DescribeDashboardCommand({ AwsAccountId: accountId, DashboardId: id }),
			);
			const status = found?.Version?.Status ?? "none";
			if (dashboardStates[status] !== "ready") throw notReady(name, status, found?.Version?.Errors ?? []);
			return [name, `https://${region}.quicksight.aws.amazon.com/sn/dashboards/${encodeURIComponent(id)}`] as const;
		}),
	);
	return Object.fromEntries(entries);
}

function notReady(name: string, status: string, errors: readonly { Message?: string | undefined }[]): PipelineError {
	const state = dashboardStates[status];
	return new PipelineError("failure", {
		what:
			state === undefined
				? `QuickSight reports an unknown state of the dashboard ${name}: ${status}.`
				: `The dashboard ${name} is not available: ${status}.`,
		why: errors.length === 0 ? undefined : errors.map(({ Message: message }) => message).join("\n"),
		fix: state === "pending" ? "Wait a minute, then repeat the command." : "Fix the cause, then deploy again.",
		next: state === "pending" ? "pipeline-cli dashboard url" : "pulumi up",
	});
}
