import type { PipelineConfig } from "./config.ts";

/** QuickSight logs in while a data source is made, and to the warehouse as a user whom only the CLI makes. */
export function dashboardsWait({ dashboards, dashboardsReady }: PipelineConfig): boolean {
	return dashboards === "warehouse" && !dashboardsReady;
}

/** What has to be done after `pulumi up` before the stack is what its configuration says, in order. */
export function leftToDo(config: PipelineConfig): string[] {
	if (!dashboardsWait(config)) return [];
	return [
		"Make the user as whom the dashboards log in to the warehouse: npx pipeline-cli warehouse apply",
		"Let QuickSight read that user's secret, as its administrator: docs/aws.md, Dashboards over the warehouse",
		"Deploy the dashboards: pulumi config set dashboardsReady true && pulumi up",
	];
}
