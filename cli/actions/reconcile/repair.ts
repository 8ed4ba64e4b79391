import type { Context, Stack } from "../../engines/port.ts";
import { type ReconcileOptions, reconcile } from "./reconcile.ts";
import type { ReconcileReport } from "./report.ts";

/**
 * Reloads the tables that differ, by the replication's ordinary way, and compares them again.
 * @returns the report with what came out for them then.
 */
export async function repair(
	stack: Stack,
	report: ReconcileReport,
	options: ReconcileOptions,
	context: Context,
): Promise<ReconcileReport> {
	const different = report.tables.filter(({ state }) => state === "different");
	const ids = different.map(({ schema, table }) => `${schema}.${table}`);
	await (await stack.replication()).reload(
		context,
		different.map(({ schema, table }) => ({ schema, table })),
	);
	const after = await reconcile(stack, { ...options, tables: ids, deep: false, agree: undefined }, context);
	const tables = report.tables.map(
		(one) => after.tables.find(({ schema, table }) => schema === one.schema && table === one.table) ?? one,
	);
	const ok = [...tables, ...(report.lake ?? [])].every(({ state }) => state === "equal");
	return { ...report, ...after, ok, tables, repaired: ids, seconds: report.seconds + after.seconds };
}
