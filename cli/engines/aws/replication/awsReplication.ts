import type {
	DatabaseMigrationServiceClient,
	ReplicationTask,
	StartReplicationTaskTypeValue,
} from "@aws-sdk/client-database-migration-service";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { PipelineError } from "../../../common/errors.ts";
import { unlessPlanned } from "../../plan.ts";
import type { Context, Replication, ReplicationOptions, ReplicationStatus, TableStatistics } from "../../port.ts";
import { requireLoaded } from "../../shared/tablesInError.ts";
import { isAwsError } from "../client/awsError.ts";
import type { Clients } from "../client/clients.ts";
import { poll } from "../client/poll.ts";
import { testConnections } from "./connectionTests.ts";
import { taskLatency } from "./latency.ts";
import { nameOf, tableStatistics } from "./tableStatistics.ts";
import { explainingLines } from "./taskLog.ts";
import { describeStopReason, stopReason, stopReasons, taskState, taskStates, taskStatus } from "./taskStates.ts";

/** Seconds after a start for which the state before it may still be shown. */
const staleSeconds = 60;

/** The DMS task of the stack. */
export class AwsReplication implements Replication {
	readonly #clients: Clients;
	readonly #deployment: PipelineOutputs;
	#latency: Awaited<ReturnType<typeof taskLatency>> | undefined;

	constructor(clients: Clients, deployment: PipelineOutputs) {
		this.#clients = clients;
		this.#deployment = deployment;
	}

	async start(context: Context, options: ReplicationOptions = {}): Promise<"started" | "resumed" | "already running"> {
		refuseBatchOptions(options);
		const client = await this.#clients.dms();
		const before = await this.#settled(client, context);
		const state = taskState(before);
		if (taskStates[state] === "going" && options.reload !== true) {
			await this.#follow(client, context, undefined);
			return "already running";
		}
		if (taskStates[state] === "going") await this.stop(context);
		await testConnections(client, this.#deployment, context);
		const type = startType(before, options.reload === true);
		const sent = await unlessPlanned(() => this.#send(client, type), "planned");
		if (sent === "planned") return "started";
		await this.#follow(client, context, sent === "sent" ? before : undefined);
		if (options.reload === true) requireLoaded(await this.tables());
		if (sent === "already running") return sent;
		return type === "resume-processing" ? "resumed" : "started";
	}

	async stop(context: Context): Promise<"stopped" | "not running"> {
		const client = await this.#clients.dms();
		const state = taskState(await this.#task(client));
		if (taskStates[state] !== "going" && state !== "stopping") return "not running";
		return context.reporter.task("Stop the replication", async (update) => {
			const { StopReplicationTaskCommand } = await import("@aws-sdk/client-database-migration-service");
			if (state !== "stopping") {
				const planned = await unlessPlanned(async () => {
					const stop = new StopReplicationTaskCommand({ ReplicationTaskArn: this.#taskArn });
					await client.send(stop).catch(async (error: unknown) => {
						// Somebody else stopped it between our look and our call: then it stops, as wanted.
						const raced = isAwsError(error, "InvalidResourceStateFault");
						if (!raced || taskStates[taskState(await this.#task(client))] === "going") throw error;
					});
					return false;
				}, true);
				if (planned) return "stopped";
			}
			return poll(context.signal, async () => {
				const task = await this.#task(client);
				const now = taskState(task);
				update(now);
				if (now === "stopped") return "stopped" as const;
				if (now === "failed") throw await this.#failure(task);
				return undefined;
			});
		});
	}

	async status(): Promise<ReplicationStatus> {
		const task = await this.#task(await this.#clients.dms());
		const status = taskStatus(task, this.#deployment.replication.logGroup);
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
		const client = await this.#clients.dms();
		const task = await this.#task(client);
		if (taskState(task) !== "running") {
			throw new PipelineError("failure", {
				what: `Tables can be loaded anew only while the task runs; it is ${taskState(task)}.`,
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
				what: `The replication does not know ${unknown.join(", ")}.`,
				fix: "See which tables it has.",
				next: "pipeline-cli replication tables",
			});
		}
		const going = known.filter(({ state }) => state === "Table is being reloaded").map(nameOf);
		const asked = tables.filter((one) => !going.includes(nameOf(one)));
		const planned = await unlessPlanned(async () => {
			if (asked.length > 0) await this.#sendReload(client, asked);
			return false;
		}, true);
		if (planned) return;
		context.ongoing?.set(this.#taskArn, this.#ongoing());
		await context.reporter.task(`Load ${tables.length} tables anew`, (update) =>
			poll(context.signal, async () => {
				const state = taskState(await this.#task(client));
				if (taskStates[state] !== "going") {
					context.ongoing?.delete(this.#taskArn);
					throw await this.#failure(await this.#task(client));
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

	async #sendReload(
		client: DatabaseMigrationServiceClient,
		tables: readonly { schema: string; table: string }[],
	): Promise<void> {
		const { ReloadTablesCommand } = await import("@aws-sdk/client-database-migration-service");
		await client.send(
			new ReloadTablesCommand({
				ReplicationTaskArn: this.#taskArn,
				TablesToReload: tables.map(({ schema, table }) => ({ SchemaName: schema, TableName: table })),
			}),
		);
	}

	get #taskArn(): string {
		return this.#deployment.replication.taskArn;
	}

	async #task(client: DatabaseMigrationServiceClient): Promise<ReplicationTask> {
		const { DescribeReplicationTasksCommand } = await import("@aws-sdk/client-database-migration-service");
		const { ReplicationTasks: tasks = [] } = await client.send(
			new DescribeReplicationTasksCommand({
				Filters: [{ Name: "replication-task-arn", Values: [this.#taskArn] }],
				WithoutSettings: true,
			}),
		);
		const task = tasks.find(({ ReplicationTaskArn: arn }) => arn === this.#taskArn);
		if (task !== undefined) return task;
		throw new PipelineError("serviceRefused", {
			what: "DMS does not have the replication task that the stack's outputs name.",
			why: this.#taskArn,
			fix: "Deploy again; something was deleted by hand.",
			next: "pulumi up --refresh",
		});
	}

	/** The task, once it is in a state in which it can be started or goes already. */
	#settled(client: DatabaseMigrationServiceClient, context: Context): Promise<ReplicationTask> {
		return poll(context.signal, async () => {
			const task = await this.#task(client);
			const state = taskState(task);
			if (taskStates[state] === "wait") return undefined;
			if (taskStates[state] !== "dead") return task;
			throw new PipelineError("failure", {
				what: `The replication task is ${state}, and cannot be started.`,
				why: task.LastFailureMessage,
				fix: "Deploy the stack again.",
				next: "pulumi up --refresh",
			});
		});
	}

	/** Somebody else may start the task between our look and our call: then it goes, as wanted. */
	async #send(
		client: DatabaseMigrationServiceClient,
		type: StartReplicationTaskTypeValue,
	): Promise<"sent" | "already running"> {
		const { StartReplicationTaskCommand } = await import("@aws-sdk/client-database-migration-service");
		try {
			await client.send(
				new StartReplicationTaskCommand({ ReplicationTaskArn: this.#taskArn, StartReplicationTaskType: type }),
			);
			return "sent";
		} catch (error) {
			const raced = isAwsError(error, "InvalidResourceStateFault");
			if (raced && taskStates[taskState(await this.#task(client))] === "going") return "already running";
			throw error;
		}
	}

	/**
	 * Until the full load is over and changes are followed.
	 * @param before the task before its start, whose state may still be shown for a while.
	 */
	async #follow(
		client: DatabaseMigrationServiceClient,
		context: Context,
		before: ReplicationTask | undefined,
	): Promise<void> {
		const startedAt = Date.now();
		context.ongoing?.set(this.#taskArn, this.#ongoing());
		await context.reporter.task("Full load", (update) =>
			poll(context.signal, async () => {
				const task = await this.#task(client);
				const state = taskState(task);
				const stale = before !== undefined && unchanged(before, task) && Date.now() - startedAt < staleSeconds * 1000;
				if (stale) return undefined;
				const { fullLoadProgress, tables, text } = taskStatus(task, "");
				update(state === "running" ? `${fullLoadProgress} %, ${tables.loaded} tables loaded` : text);
				if (state === "running" && fullLoadProgress >= 100 && tables.loading + tables.queued === 0) return true;
				if (taskStates[state] === "going" || state === "stopping") return undefined;
				context.ongoing?.delete(this.#taskArn);
				throw await this.#failure(task);
			}),
		);
		context.ongoing?.delete(this.#taskArn);
		const { tables } = taskStatus(await this.#task(client), "");
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
				? "It goes on from where it stopped when it is started again."
				: "Mend the cause, then start it again; it goes on from its last position. With --reload it loads all tables anew.",
			next: "pipeline-cli replication start",
		});
	}

	#ongoing(): { what: string; stop: string } {
		return { what: "The DMS task goes on loading and following changes.", stop: "pipeline-cli replication stop" };
	}
}

/** On AWS they are part of the deployment: the target endpoint has them. */
function refuseBatchOptions(options: ReplicationOptions): void {
	if (options.batchInterval === undefined && options.batchBytes === undefined) return;
	throw new PipelineError("usage", {
		what: "On AWS the size and age of a batch are settings of the deployment.",
		fix: "Set them in the stack's configuration and deploy.",
		next: "pulumi config",
	});
}

/**
 * `start-replication` is for the first start only; later a task goes on, or loads everything anew.
 * https://docs.aws.amazon.com/dms/latest/APIReference/API_StartReplicationTask.html
 */
function startType(task: ReplicationTask, reload: boolean): StartReplicationTaskTypeValue {
	const neverStarted = taskState(task) === "ready" || task.ReplicationTaskStartDate === undefined;
	if (neverStarted) return "start-replication";
	return reload ? "reload-target" : "resume-processing";
}

function unchanged(before: ReplicationTask, now: ReplicationTask): boolean {
	return (
		before.Status === now.Status &&
		before.StopReason === now.StopReason &&
		before.ReplicationTaskStartDate?.getTime() === now.ReplicationTaskStartDate?.getTime()
	);
}

function reloadFailed(entry: TableStatistics): PipelineError {
	return new PipelineError("failure", {
		what: `${nameOf(entry)} could not be loaded anew: ${entry.state}.`,
		why: entry.lastError,
		fix: "See the task's log for the reason, then repeat.",
		next: "pipeline-cli logs replication",
	});
}
