import type { Context, Stack } from "../../engines/port.ts";
import { followDelete, followInsert, type Way } from "./followRows.ts";
import { type Plan, planOf } from "./plan.ts";
import { verifyReadOnly } from "./readOnly.ts";
import { assertRunning } from "./replicated.ts";
import { textRows, type VerifyReport } from "./report.ts";
import { alone } from "./tableLock.ts";
import { nameOf, removeRows } from "./writtenRows.ts";

export interface VerifyOptions {
	/** Leave marked rows at the source. */
	keep: boolean;
	/** Make the table of heartbeats where it is missing. */
	create?: boolean;
	/** Write nothing: follow what others change, or count where nobody does. */
	readOnly?: boolean;
}

/**
 * Writes the rows of the definition at the source, or a heartbeat, and follows them to the current table. Where the table is as
 * the sample data filled it they stay; elsewhere they are marked, and taken back afterwards.
 * @returns a report whose `ok` is false where the data differ.
 * @throws PipelineError where something never came before the signal aborted, or the replication does not run.
 */
export async function verifyCdc(stack: Stack, options: VerifyOptions, context: Context): Promise<VerifyReport> {
	const definition = await stack.definition();
	const replication = await stack.replication();
	await assertRunning(replication);
	const source = await (await stack.source()).connect();
	try {
		const raw = await stack.raw();
		const way: Way = { stack, definition, replication, source, raw, query: () => stack.query(), context };
		if (options.readOnly === true) return await verifyReadOnly(way);
		const { verify } = definition.pipeline;
		const write = async (): Promise<VerifyReport> =>
			follow(way, await planOf(definition.pipeline, source, options.create ?? false), options);
		return await (verify === undefined ? write() : alone(source, verify.table, context, write));
	} finally {
		await source.close();
	}
}

async function follow(way: Way, plan: Plan, { keep }: VerifyOptions): Promise<VerifyReport> {
	const removes = plan.sample === undefined && !keep;
	// Rows without a mark of ours may belong to others until ours are written.
	let isThere = plan.isMarked;
	try {
		const { checks, rows, ...proof } = await followInsert(way, plan, () => {
			isThere = true;
		});
		if (removes && plan.isHeartbeat) {
			checks.push(...(await followDelete(way, plan, rows)));
			isThere = false;
		}
		return {
			stack: way.stack.name,
			ok: checks.every(({ ok }) => ok),
			kind: "rows",
			checks,
			table: nameOf(plan),
			columns: plan.columns,
			rows: textRows(rows),
			...proof,
			removed: removes,
		};
	} finally {
		if (removes && isThere) await removeRows(way.source, plan);
	}
}
