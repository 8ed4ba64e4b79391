import type { PipelineConfig } from "./config.ts";
import type { LeftTask } from "./outputs.ts";

/** QuickSight logs in while a data source is made, and to the warehouse as a user whom only the CLI makes. */
export function dashboardsWait({ dashboards, dashboardsReady }: PipelineConfig): boolean {
	return dashboards === "warehouse" && !dashboardsReady;
}

/** What has to be done after `pulumi up` before the stack is what its configuration says, in order. */
export function leftToDo(config: PipelineConfig): LeftTask[] {
	if (!dashboardsWait(config)) return [];
	return [
		{
			text: "Create the user that the dashboards use in the warehouse: npx pipeline-cli warehouse apply",
			doneBy: "warehouse apply",
		},
		{
			text: "As administrator of QuickSight, allow it to read that user's secret: docs/aws.md, Dashboards over the warehouse",
		},
		{ text: "Deploy the dashboards: pulumi config set dashboardsReady true && pulumi up" },
	];
}
