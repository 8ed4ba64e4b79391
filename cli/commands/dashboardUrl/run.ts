import type { Run } from "../../command.ts";
import { PipelineError } from "../../common/errors.ts";
import { stackLine } from "../../ui/stackLine.ts";
import { renderTable } from "../../ui/table.ts";
import type { definition } from "./definition.ts";

/** `dashboard url`: where the dashboards are seen that the stack has in QuickSight. */
export const run: Run<typeof definition> = async ({ stack }) => {
	const found = await stack();
	if (found.dashboardUrls === undefined) {
		throw new PipelineError("usage", {
			what: `The stack ${found.name} has no QuickSight dashboards.`,
			fix: "Serve the local dashboard instead.",
			next: "pipeline-cli dashboard",
		});
	}
	const urls = await found.dashboardUrls();
	const rows = Object.entries(urls);
	if (rows.length === 0) {
		throw new PipelineError("usage", {
			what: `The stack ${found.name} was deployed without dashboards.`,
			fix: "Turn them on in the stack's configuration and deploy. If they depend on the warehouse, doctor lists what is left to do.",
			next: `pipeline-cli doctor --stack ${found.name}`,
		});
	}
	return {
		json: { dashboards: urls },
		text: `${renderTable([{ title: "DASHBOARD" }, { title: "URL" }], rows)}\n${stackLine(found.name)}`,
	};
};
