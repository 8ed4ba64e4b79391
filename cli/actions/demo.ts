import type { Definition } from "../../etl/definition/definition.ts";
import type { NamedQuery } from "../../etl/definition/namedQueries.ts";
import type { Context, LocalHost, QueryResult } from "../engines/port.ts";
import { clickRecords } from "./clicks/clicks.ts";
import { hasClicks } from "./clicks/hasClicks.ts";
import { type EtlResult, runEtl } from "./etl/runEtl.ts";
import type { VerifyReport } from "./verify/report.ts";
import { verifyCdc } from "./verify/verifyCdc.ts";

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
	/** The definition's question, and its answer; absent where it has none. */
	question?: { name: string; title: string };
	answer?: QueryResult;
	verification: VerifyReport;
}

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
	const stack = await host.stack();
	// What jobs need is imported while the source starts.
	await (await stack.jobs()).prepare?.();
	if (!(await host.isSourceExternal())) await host.startPrivateSource(context);
	if (!(await host.hasSamples())) await host.seed(context, options);
	const replication = await stack.replication();
	// The demo's changes should be seen immediately; DMS would gather them for a minute.
	await replication.start(context, { batchInterval: 0.25 });
	const statistics = await replication.tables();
	const definition = await stack.definition();
	const template = definition.clicks?.template;
	// Repeated, it must not change what is counted.
	const sent =
		template === undefined || (await hasClicks(await stack.raw()))
			? undefined
			: await context.reporter.task(`Send ${clicks} clicks`, async () =>
					(await stack.eventStream()).send(clickRecords({ records: clicks, seed: options.seed, template }), context),
				);
	const etl = await runEtl(stack, [], context);
	const question = questionOf(definition);
	const query = await stack.query();
	const answer =
		question && (await context.reporter.task(`Query ${question.name}`, () => query.run(question.sql, context)));
	// A table of heartbeats, which nobody else makes on the demo's own server.
	const makesTable = definition.pipeline.verify?.rows.length === 0 && !(await host.isSourceExternal());
	const readOnly = definition.pipeline.verify === undefined;
	const verification = await verifyCdc(stack, { keep: false, create: makesTable, readOnly }, context);
	return {
		stack: stack.name,
		ok: etl.outcome === undefined && verification.ok && (answer === undefined || answer.rows.length > 0),
		seconds: (Date.now() - beganAt) / 1000 - setupSeconds,
		setupSeconds,
		replicatedTables: statistics.length,
		replicatedRows: statistics.reduce((sum, table) => sum + table.fullLoadRows, 0),
		clicks: sent?.accepted ?? 0,
		etl,
		...(question === undefined ? {} : { question: { name: question.name, title: question.title } }),
		...(answer === undefined ? {} : { answer }),
		verification,
	};
}

function questionOf({ pipeline, queries }: Definition): NamedQuery | undefined {
	return queries.find(({ name }) => name === pipeline.sampleData?.query);
}
