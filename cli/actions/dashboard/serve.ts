import { writeFile } from "node:fs/promises";
import type { Definition } from "../../../etl/definition/definition.ts";
import { messageOf, PipelineError } from "../../common/errors.ts";
import { requirePlaceFor, unwritable } from "../../common/resultFile.ts";
import type { DashboardData } from "../../dashboard/data.ts";
import { dashboardDocument, pageAssets } from "../../dashboard/document.ts";
import { serveDashboard } from "../../dashboard/server.ts";
import type { Context, Stack } from "../../engines/port.ts";
import { dashboardData } from "./dashboardData.ts";
import { tableProfile } from "./profile.ts";

/** Writes the page with today's data as one file that needs nothing else. @returns its size in bytes. */
export async function exportDashboard(stack: Stack, file: string, context: Context): Promise<number> {
	await requirePlaceFor(file);
	const assets = await pageAssets();
	const compute = computed(stack, context);
	const data = await context.reporter.task("Compute the charts", compute);
	const bytes = Buffer.from(dashboardDocument(data, assets, false).html);
	try {
		await writeFile(file, bytes);
	} catch (error) {
		throw unwritable(file, error);
	}
	return bytes.length;
}

/**
 * Serves the page until Ctrl-C.
 * @param options.port undefined takes a free one.
 * @param options.isOpen whether the address works without a token.
 * @param onReady called with the address once the first data are there.
 */
export async function serveUntilStopped(
	stack: Stack,
	{ port, isOpen }: { port: number | undefined; isOpen: boolean },
	onReady: (url: string) => void,
	context: Context,
): Promise<string> {
	const { signal } = context;
	const assets = await pageAssets();
	const compute = computed(stack, context);
	const first = await context.reporter.task("Compute the charts", compute);
	const profile = async (table: string) => tableProfile(stack, (await stack.definition()).pipeline, table, context);
	const server = await serveDashboard({ port: port ?? 0, assets, first, compute, profile, isOpen });
	try {
		onReady(server.url);
		await new Promise<void>((resolve) => {
			if (signal.aborted) resolve();
			else signal.addEventListener("abort", () => resolve(), { once: true });
		});
	} finally {
		await server.close();
	}
	// Ctrl-C is how a dashboard is meant to end; the end of the time that --timeout gave is not.
	if (signal.reason instanceof PipelineError && signal.reason.outcome !== "cancelled") throw signal.reason;
	return server.url;
}

/**
 * The data, again each time it is called, of the definition as it is then. Whoever runs the command hears once of each chart that
 * fails, and why. A definition that was edited into a mistake is said, too, and the one before is shown on.
 */
function computed(stack: Stack, context: Context): () => Promise<DashboardData> {
	let heard = new Set<string>();
	let good: Definition | undefined;
	return async () => {
		const faults: string[] = [];
		try {
			good = await stack.definition();
		} catch (error) {
			if (good === undefined || !(error instanceof PipelineError)) throw error;
			faults.push(messageOf(error));
		}
		const data = await dashboardData(stack, good, context);
		for (const { chart, fault } of data.charts) {
			if (fault !== undefined) faults.push(`Chart "${chart.title}" (${chart.query}): ${fault.why}`);
		}
		for (const fault of faults) if (!heard.has(fault)) context.reporter.warn(fault);
		heard = new Set(faults);
		return data;
	};
}
