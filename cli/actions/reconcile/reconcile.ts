import { jobsToCurrentTables } from "../../../etl/contract/contract.ts";
import { nearNames } from "../../../etl/contract/pipeline/nearNames.ts";
import { messageOf, PipelineError } from "../../common/errors.ts";
import { counted, grouped } from "../../common/grouped.ts";
import type {
	ComparedTable,
	CompareOptions,
	Comparison,
	ComparisonPlan,
	Context,
	LakeComparison,
	LakeFinding,
	QueryCost,
	Stack,
	Suspects,
} from "../../engines/port.ts";
import { runWhenFree, whenFree } from "../verify/jobsWhenFree.ts";
import { replicated } from "../verify/replicated.ts";
import { type ReconciledTable, type ReconcileReport, reconciled } from "./report.ts";

export interface ReconcileOptions extends Pick<CompareOptions, "maxLoad" | "sample"> {
	/** `schema.table`, `schema.*`, or a table's name alone; all tables where there is none. */
	tables: readonly string[];
	/** Compares the parts of the lake with each other, too. */
	deep?: boolean | undefined;
	/** Asked before anything that costs; throws where that is not to be. */
	agree?: ((plan: ComparisonPlan) => Promise<void>) | undefined;
}

/** How often rows are looked at while they move: what then still does is not compared. */
const mostLooks = 4;

/** A table with what is left to look at again. */
interface Compared {
	table: ComparedTable;
	result: ReconciledTable;
	suspects: Suspects | undefined;
}

/**
 * Compares the source with the current tables, rows and values. Writes go on meanwhile: what differs is looked at again when all that the
 * source had then has come and was processed, and counts where it then stays different.
 */
export async function reconcile(stack: Stack, options: ReconcileOptions, context: Context): Promise<ReconcileReport> {
	const begun = performance.now();
	const comparison = await stack.comparison();
	const lake = options.deep === true ? lakeOf(stack, comparison) : undefined;
	// A name that is wrong is said before anything is waited for.
	const named = chosen(await comparison.tables(context), options.tables);
	const plan = await comparison.plan?.(named, options, context);
	if (plan !== undefined) await options.agree?.(plan);
	const findings = lake === undefined ? [] : await files(stack, lake, context);
	let behind = await catchUp(stack, comparison, options, context);
	const tables = chosen(await comparison.tables(context), options.tables);
	if (tables.length === 0) throw nothingToCompare();
	const found: Compared[] = [];
	for (const table of tables) found.push(await compared(comparison, table, options, context));
	for (let looks = 1; looks < mostLooks && behind === undefined && found.some(isSuspect); looks += 1) {
		behind = await catchUp(stack, comparison, options, context);
		for (const one of found) await lookAgain(one, context);
	}
	if (lake !== undefined) {
		const all = options.tables.length === 0;
		findings.push(...(await whenFree(stack, context, () => lake.rows(tables, all, context))));
	}
	const results = found.map(({ result }) => result);
	return {
		stack: stack.name,
		ok: [...results, ...findings].every(({ state }) => state === "equal"),
		...(behind === undefined ? {} : { behind }),
		...(options.sample === undefined ? {} : { sample: options.sample }),
		...(plan === undefined ? {} : { plan, cost: costOf(results) }),
		tables: results,
		...(lake === undefined ? {} : { lake: findings }),
		seconds: (performance.now() - begun) / 1000,
	};
}

function isSuspect({ suspects }: Compared): boolean {
	return suspects !== undefined;
}

/** What all tables together took. */
function costOf(tables: readonly ReconciledTable[]): QueryCost {
	const sum = { scannedBytes: 0, usd: 0 };
	for (const { cost } of tables) {
		sum.scannedBytes += cost?.scannedBytes ?? 0;
		sum.usd += cost?.usd ?? 0;
	}
	return sum;
}

function lakeOf(stack: Stack, { lake }: Comparison): LakeComparison {
	if (lake !== undefined) return lake;
	throw new PipelineError("usage", {
		what: `--deep cannot check the lake of the stack ${stack.name}.`,
		why: "It compares the lake's files with each other, which needs a lake on this machine.",
		fix: "Leave out --deep.",
		next: "pipeline-cli reconcile",
	});
}

/** Files as they are before the jobs run: these notice some of what is lost, and make it again. */
function files(stack: Stack, lake: LakeComparison, context: Context): Promise<LakeFinding[]> {
	return context.reporter.task(
		"Check the lake's files",
		async () => whenFree(stack, context, async () => (await stack.jobs()).alone(context, () => lake.files(context))),
		(found) => found.every(({ state }) => state === "equal"),
	);
}

/** Nothing differs, and nothing is proved. */
function nothingToCompare(): PipelineError {
	return new PipelineError("failure", {
		what: "There is no table to compare.",
		why: "The definition selects none of the tables that the source's user can read, and the lake has no tables.",
		fix: "Check source in pipeline.yaml, and grant the user SELECT.",
		next: "pipeline-cli source status",
	});
}

/** The tables that were named. @throws PipelineError naming one that is not there. */
function chosen(all: readonly ComparedTable[], names: readonly string[]): readonly ComparedTable[] {
	if (names.length === 0) return all;
	const ids = all.map(({ schema, table }) => `${schema}.${table}`);
	const wanted = names.flatMap((name) => {
		const found = all.filter(({ schema, table }) => [`${schema}.${table}`, `${schema}.*`, table].includes(name));
		if (found.length > 0) return found;
		const near = nearNames(name, ids);
		throw new PipelineError("usage", {
			what: `There is no table ${name}.${near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`}`,
			why: `Tables that the definition selects: ${ids.join(", ") || "none"}.`,
			fix: "Write schema.table, or schema.* for all tables of a schema.",
			next: "pipeline-cli replication tables",
		});
	});
	return [...new Set(wanted)];
}

/**
 * Brings what the source has by now into the current tables.
 * @returns why that could not be.
 */
async function catchUp(
	stack: Stack,
	comparison: Comparison,
	{ deep }: Pick<ReconcileOptions, "deep">,
	context: Context,
): Promise<string | undefined> {
	const replication = await stack.replication();
	const status = await replication.status();
	if (status.state !== "running") {
		const why = status.lastError ?? status.stopReason;
		const text = `the replication is not running (${[status.text, why].filter((part) => part !== undefined).join(": ")})`;
		context.reporter.warn(`${text[0]?.toUpperCase()}${text.slice(1)}: later changes count as differences.`);
		return text;
	}
	const arrived = await comparison.committed();
	const awaited = { title: "the replication", what: "the latest changes of the source" };
	await replicated({ stack, replication, context }, awaited, async () => ((await arrived()) ? true : undefined));
	const etl = await runWhenFree(stack, deep === true ? [] : jobsToCurrentTables, context);
	return etl.outcome === undefined ? undefined : "some jobs did not succeed";
}

async function compared(
	comparison: Comparison,
	table: ComparedTable,
	options: ReconcileOptions,
	context: Context,
): Promise<Compared> {
	const name = `${table.schema}.${table.table}`;
	return context.reporter.task(
		`Compare ${name}`,
		async (update) => {
			try {
				const onProgress = (rows: number): void => update(counted(rows, "row"));
				const found = await comparison.compare(table, { ...options, onProgress }, context);
				const result = reconciled(found.comparison);
				update(`${grouped(found.comparison.rows.source)} rows, ${result.state}`);
				return { table, result, suspects: found.suspects };
			} catch (error) {
				context.signal.throwIfAborted();
				const { schema, table: own } = table;
				const result: ReconciledTable = { schema, table: own, state: "not compared", why: messageOf(error) };
				return { table, result, suspects: undefined };
			}
		},
		({ result }) => result.state === "equal",
	);
}

/** What differed counts where it still does. */
async function lookAgain(one: Compared, context: Context): Promise<void> {
	const { suspects, table } = one;
	if (suspects === undefined) return;
	one.result = await context.reporter.task(
		`Compare ${table.schema}.${table.table} again`,
		async () => {
			const found = await suspects.again(context);
			one.suspects = found.suspects;
			return reconciled(found.comparison);
		},
		({ state }) => state === "equal",
	);
}
