import type { ReplicationTask } from "@aws-sdk/client-database-migration-service";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { PipelineError } from "../../../common/errors.ts";
import { rulesChanged } from "../../../common/rulesChanged.ts";
import { unlessPlanned } from "../../plan.ts";
import type {
	Context,
	Replication,
	ReplicationOptions,
	ReplicationStatus,
	RuleChange,
	TableStatistics,
} from "../../port.ts";
import { requireLoaded } from "../../shared/tablesInError.ts";
import type { Clients } from "../client/clients.ts";
import { poll } from "../client/poll.ts";
import { AppliedRules } from "./appliedRules.ts";
import { testConnections } from "./connectionTests.ts";
import { DmsTask } from "./dmsTask.ts";
import { taskLatency } from "./latency.ts";
import { allTables, tablesWithFiles } from "./loadedTables.ts";
import { dropTables, removeRaw, requireDeployed } from "./purged.ts";
import { nameOf, tableStatistics } from "./tableStatistics.ts";
import { explainingLines } from "./taskLog.ts";
import {
	describeStopReason,
	isLoaded,
	startType,
	stoppedAt,
	stopReason,
	stopReasons,
	taskState,
	taskStates,
	taskStatus,
	unchanged,
} from "./taskStates.ts";

/** Seconds after a start for which the state before it may still be shown. */
const staleSeconds = 60;

/** The DMS task of the stack. */
export class AwsReplication implements Replication {
	readonly #clients: Clients;
	readonly #deployment: PipelineOutputs;
	readonly #applied: AppliedRules;
	#latency: Awaited<ReturnType<typeof taskLatency>> | undefined;

	constructor(clients: Clients, deployment: PipelineOutputs) {
		this.#clients = clients;
		this.#deployment = deployment;
		this.#applied = new AppliedRules(clients, deployment);
	}

	async start(context: Context, options: ReplicationOptions = {}): Promise<"started" | "resumed" | "already running"> {
		refuseBatchOptions(options);
		const changes = await this.ruleChanges();
		if (changes.length > 0) throw rulesChanged(changes);
		return this.#start(context, options);
	}

	ruleChanges(): Promise<readonly RuleChange[]> {
		return this.#applied.changes(async (schemas) =>
			allTables(await this.tables(), await tablesWithFiles(this.#clients, this.#deployment.buckets.raw, schemas)),
		);
	}

	/**
	 * DMS takes other rules only when it loads everything again, so that all tables are loaded. The record says which are purged
	 * until the load has begun: until then this is repeated.
	 */
	async purge(
		context: Context,
		tables: readonly { schema: string; table: string }[],
		clean: () => Promise<void>,
		free: () => Promise<void>,
	): Promise<void> {
		requireDeployed(this.#deployment, this.#applied.current);
		await this.stop(context);
		const planned = await unlessPlanned(() => this.#applied.purging(tables).then(() => false), true);
		if (planned) return;
		await removeRaw(this.#clients, this.#deployment, stoppedAt(await (await this.#task()).describe()), tables, context);
		await clean();
		await dropTables(this.#clients, this.#deployment, tables);
		await free();
		await this.#start(context, { reload: true });
	}

	async #start(context: Context, options: ReplicationOptions = {}): Promise<"started" | "resumed" | "already running"> {
		const task = await this.#task();
		const before = await this.#settled(task, context);
		const state = taskState(before);
		if (taskStates[state] === "going" && options.reload !== true) {
			await this.#follow(task, context, undefined);
			return "already running";
		}
		if (taskStates[state] === "going") await this.stop(context);
		await testConnections(task.client, this.#deployment, context);
		const type = startType(before, options.reload === true);
		if (type !== "resume-processing") {
			requireDeployed(this.#deployment, this.#applied.current);
			// Before anything is loaded there is nothing that other rules could be about.
			if (type === "start-replication" && !(await this.#applied.isKnown())) {
				await unlessPlanned(() => this.#applied.loaded(), undefined);
			}
		}
		const sent = await unlessPlanned(() => task.start(type), "planned");
		if (sent === "planned") return "started";
		// Only now: where this is not reached, the rules of before count, and the next start refuses.
		if (sent === "sent" && type !== "resume-processing") await this.#applied.loaded();
		await this.#follow(task, context, sent === "sent" ? before : undefined);
		if (options.reload === true) requireLoaded(await this.tables());
		if (sent === "already running") return sent;
		return type === "resume-processing" ? "resumed" : "started";
	}

	async stop(context: Context): Promise<"stopped" | "not running"> {
		const task = await this.#task();
		const state = taskState(await task.describe());
		if (taskStates[state] !== "going" && state !== "stopping") return "not running";
		return context.reporter.task("Stop the replication", async (update) => {
			if (state !== "stopping") {
				const planned = await unlessPlanned(() => task.stop().then(() => false), true);
				if (planned) return "stopped";
			}
			return poll(context.signal, async () => {
				const now = await task.describe();
				const found = taskState(now);
				update(found);
				if (found === "stopped") return "stopped" as const;
				if (found === "failed") throw await this.#failure(now);
				return undefined;
			});
		});
	}

	async status(): Promise<ReplicationStatus> {
		const status = taskStatus(await (await this.#task()).describe(), this.#deployment.replication.logGroup);
		if (status.state !== "running") return status;
		// Who looks again and again asks for the state; the latency changes once a minute.
		this.#latency ??= await taskLatency(this.#clients, this.#deployment);
		return { ...status, ...this.#latency };
	}

	async tables(): Promise<TableStatistics[]> {
		return tableStatistics(await this.#clients.dms(), this.#taskArn);
	}

	async reload(context: Context, tables: { schema: string; table: string }[]): Promise<void> {
		if (tables.length === 0) {
			await this.start(context, { reload: true });
			return;
		}
		const task = await this.#task();
		const state = taskState(await task.describe());
		if (state !== "running") {
			throw new PipelineError("failure", {
				what: `Tables can be reloaded only while the task is running; it is ${state}.`,
				fix: "Start it first.",
				next: "pipeline-cli replication start",
			});
		}
		const known = await this.tables();
		const before = new Map(known.map((entry) => [nameOf(entry), entry.updatedAt]));
		const names = new Set(tables.map(nameOf));
		const unknown = [...names].filter((name) => !before.has(name));
		if (unknown.length > 0) {
			throw new PipelineError("usage", {
				what: `${unknown.join(", ")} ${unknown.length === 1 ? "is" : "are"} not replicated.`,
				fix: "List the replicated tables.",
				next: "pipeline-cli replication tables",
			});
		}
		const going = known.filter(({ state }) => state === "Table is being reloaded").map(nameOf);
		const asked = tables.filter((one) => !going.includes(nameOf(one)));
		const planned = await unlessPlanned(async () => {
			if (asked.length > 0) await task.reload(asked);
			return false;
		}, true);
		if (planned) return;
		context.ongoing?.set(this.#taskArn, this.#ongoing());
		await context.reporter.task(`Reload ${tables.length} tables`, (update) =>
			poll(context.signal, async () => {
				const now = await task.describe();
				if (taskStates[taskState(now)] !== "going") {
					context.ongoing?.delete(this.#taskArn);
					throw await this.#failure(now);
				}
				const mine = (await this.tables()).filter((entry) => names.has(nameOf(entry)));
				// What the load before ended with, an error perhaps, may still be shown.
				const changed = mine.filter((entry) => entry.updatedAt !== before.get(nameOf(entry)));
				const broken = changed.find((entry) => /error|cancel/i.test(entry.state));
				if (broken !== undefined) throw reloadFailed(broken);
				const done = changed.filter((entry) => entry.state === "Table completed");
				update(`${done.length} of ${mine.length}`);
				return done.length === names.size ? true : undefined;
			}),
		);
		context.ongoing?.delete(this.#taskArn);
	}

	async #task(): Promise<DmsTask> {
		return new DmsTask(await this.#clients.dms(), this.#taskArn);
	}

	get #taskArn(): string {
		return this.#deployment.replication.taskArn;
	}

	/** The task, once it is in a state in which it can be started or goes already. */
	#settled(task: DmsTask, context: Context): Promise<ReplicationTask> {
		return poll(context.signal, async () => {
			const now = await task.describe();
			const state = taskState(now);
			if (taskStates[state] === "wait") return undefined;
			if (taskStates[state] !== "dead") return now;
			throw new PipelineError("failure", {
				what: `The replication task is ${state} and cannot be started.`,
				why: now.LastFailureMessage,
				fix: "Deploy the stack again.",
				next: "pulumi up --refresh",
			});
		});
	}

	/**
	 * Until the full load is over and changes are followed.
	 * @param before the task before its start, whose state may still be shown for a while.
	 */
	async #follow(task: DmsTask, context: Context, before: ReplicationTask | undefined): Promise<void> {
		const startedAt = Date.now();
		let looksLoaded = 0;
		context.ongoing?.set(this.#taskArn, this.#ongoing());
		await context.reporter.task("Full load", (update) =>
			poll(context.signal, async () => {
				const now = await task.describe();
				const state = taskState(now);
				const stale = before !== undefined && unchanged(before, now) && Date.now() - startedAt < staleSeconds * 1000;
				if (stale) return undefined;
				const status = taskStatus(now, "");
				const { fullLoadProgress, tables, text } = status;
				update(state === "running" ? `${fullLoadProgress} %, ${tables.loaded} tables loaded` : text);
				// Twice, since at its begin DMS may not have counted all tables yet.
				looksLoaded = isLoaded(status) ? looksLoaded + 1 : 0;
				if (looksLoaded > (fullLoadProgress >= 100 ? 0 : 1)) return true;
				if (taskStates[state] === "going" || state === "stopping") return undefined;
				context.ongoing?.delete(this.#taskArn);
				throw await this.#failure(now);
			}),
		);
		context.ongoing?.delete(this.#taskArn);
		const { tables } = taskStatus(await task.describe(), "");
		if (tables.errored > 0) {
			context.reporter.warn(`${tables.errored} tables have errors: pipeline-cli replication tables`);
		}
	}

	/** What to say of a task that ended while it should go on. */
	async #failure(task: ReplicationTask): Promise<PipelineError> {
		const state = taskState(task);
		const reason = stopReason(task);
		const lines = await explainingLines(await this.#clients.logs(), task, this.#deployment);
		const why = [
			task.LastFailureMessage,
			reason === undefined ? undefined : `Stop reason ${describeStopReason(reason)}.`,
			...lines,
		].filter((part) => part !== undefined && part !== "");
		const wanted = state === "stopped" && reason !== undefined && stopReasons[reason]?.wanted === true;
		return new PipelineError("failure", {
			what: `The replication task is ${state}.`,
			why: why.length === 0 ? undefined : why.join("\n"),
			fix: wanted
				? "Start it again. It continues from where it stopped."
				: "Fix the cause, then start it again. It continues from its last position; with --reload, it reloads all tables.",
			next: "pipeline-cli replication start",
		});
	}

	#ongoing(): { what: string; stop: string } {
		return {
			what: "The DMS task continues to load tables and replicate changes.",
			stop: "pipeline-cli replication stop",
		};
	}
}

/** On AWS they are part of the deployment: the target endpoint has them. */
function refuseBatchOptions(options: ReplicationOptions): void {
	if (options.batchInterval === undefined && options.batchBytes === undefined) return;
	throw new PipelineError("usage", {
		what: "On AWS, the size and age of batches are set by the deployment.",
		fix: "Set them in the stack's configuration and deploy.",
		next: "pulumi config",
	});
}

function reloadFailed(entry: TableStatistics): PipelineError {
	return new PipelineError("failure", {
		what: `${nameOf(entry)} could not be reloaded: ${entry.state}.`,
		why: entry.lastError,
		fix: "Check the task's log for the reason, then repeat the command.",
		next: "pipeline-cli logs replication",
	});
}
