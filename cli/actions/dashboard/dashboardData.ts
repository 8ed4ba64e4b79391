import type { DashboardData } from "../../dashboard/data.ts";
import type { Context, Stack } from "../../engines/port.ts";
import { chartResults } from "./chartResults.ts";
import { part } from "./fault.ts";
import { type Described, withLineage } from "./lineage.ts";
import { overviewOf } from "./overview.ts";

/**
 * Asks the stack for all that the dashboard shows of a definition; queries are read from its folder each time. What cannot be read is reported in its part, and the other parts are
 * there.
 */
export async function dashboardData(stack: Stack, definition: Described, context: Context): Promise<DashboardData> {
	const startedAt = performance.now();
	const query = await stack.query();
	const catalog = await (await stack.crawlers()).registered();
	const { folder } = definition;
	const { name, description, charts, verify } = definition.pipeline;
	const [shown, overview, zones] = await Promise.all([
		chartResults(charts, folder, catalog, query, context),
		overviewOf(stack, catalog.tables, verify, query, context),
		Promise.all([stack.raw(), stack.processed()]),
	]);
	// It reads the models' files; without it the tables are there all the same.
	const described = await part(context, async () =>
		withLineage(overview.tables, { tables: catalog.tables, zones, definition, charts: shown.charts }),
	);
	return {
		name,
		...(description !== undefined && { description }),
		stack: stack.name,
		database: catalog.database,
		computedAt: new Date().toISOString(),
		refreshSeconds: refreshSeconds(stack.engine, (performance.now() - startedAt) / 1000),
		...shown,
		overview: { ...overview, tables: described.ok ? described.value : overview.tables },
	};
}

/** The live page takes a tenth of a local machine at most; on AWS every refresh scans the tables and costs money. */
function refreshSeconds(engine: Stack["engine"], tookSeconds: number): number {
	return engine === "aws" ? 300 : Math.max(5, Math.ceil(10 * tookSeconds));
}
