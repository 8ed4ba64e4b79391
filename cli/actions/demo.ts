import type { Context, LocalHost, QueryResult } from "../engines/port.ts";
import { clickRecords } from "./clicks/clicks.ts";
import { type EtlResult, runEtl } from "./etl/runEtl.ts";
import { type VerifyReport, verifyCdc } from "./verify/verifyCdc.ts";

const clicks = 2000;

export interface DemoResult {
	stack: string;
	ok: boolean;
	/** Seconds without the setup, and of the setup. */
	seconds: number;
	setupSeconds: number;
	replicatedTables: number;
	replicatedRows: number;
	clicks: number;
	etl: EtlResult;
	/** Answer of the question that the sample shop's analyst asks. */
	answer: QueryResult;
	verification: VerifyReport;
}

const question = `
SELECT department, COUNT(*) AS clicks, ROUND(AVG(price), 2) AS average_price
FROM joint_tables
GROUP BY department
ORDER BY clicks DESC, department
LIMIT 5`;

/**
 * The whole pipeline on this machine: setup, source, replication, clicks, jobs, catalog, a question, and the proof that a change
 * arrives. Every part is left running; what is there already is used.
 */
export async function runDemo(
	host: LocalHost,
	options: { seed: number; scale: number },
	context: Context,
): Promise<DemoResult> {
	const beganAt = Date.now();
	await host.setup(context);
	const setupSeconds = (Date.now() - beganAt) / 1000;
	if (!(await host.isSourceExternal())) await host.startPrivateSource(context);
	if (!(await host.hasSamples())) await host.seed(context, options);
	const stack = await host.stack();
	const replication = await stack.replication();
	// The demo's changes should be seen immediately; DMS would gather them for a minute.
	await replication.start(context, { batchInterval: 1 });
	const statistics = await replication.tables();
	const sent = await context.reporter.task(`Send ${clicks} clicks`, async () =>
		(await stack.eventStream()).send(clickRecords({ records: clicks, seed: options.seed }), context),
	);
	const etl = await runEtl(stack, [], context);
	const query = await stack.query();
	const answer = await context.reporter.task("Ask which departments are looked at", () => query.run(question, context));
	const verification = await verifyCdc(stack, { keep: false }, context);
	return {
		stack: stack.name,
		ok: etl.outcome === undefined && verification.ok && answer.rows.length > 0,
		seconds: (Date.now() - beganAt) / 1000 - setupSeconds,
		setupSeconds,
		replicatedTables: statistics.length,
		replicatedRows: statistics.reduce((sum, table) => sum + table.fullLoadRows, 0),
		clicks: sent.accepted,
		etl,
		answer,
		verification,
	};
}
