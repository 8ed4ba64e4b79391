import type {
	DatabaseMigrationServiceClient,
	ReplicationTask,
	StartReplicationTaskTypeValue,
} from "@aws-sdk/client-database-migration-service";
import { PipelineError } from "../../../common/errors.ts";
import { isAwsError } from "../client/awsError.ts";
import { taskState, taskStates } from "./taskStates.ts";

/** The calls of DMS for one task. */
export class DmsTask {
	readonly client: DatabaseMigrationServiceClient;
	readonly #arn: string;

	constructor(client: DatabaseMigrationServiceClient, arn: string) {
		this.client = client;
		this.#arn = arn;
	}

	/** @throws PipelineError where DMS does not have the task. */
	async describe(): Promise<ReplicationTask> {
		const { DescribeReplicationTasksCommand } = await import("@aws-sdk/client-database-migration-service");
		const { ReplicationTasks: tasks = [] } = await this.client.send(
			new DescribeReplicationTasksCommand({
				Filters: [{ Name: "replication-task-arn", Values: [this.#arn] }],
				WithoutSettings: true,
			}),
		);
		const task = tasks.find(({ ReplicationTaskArn: arn }) => arn === this.#arn);
		if (task !== undefined) return task;
		throw new PipelineError("serviceRefused", {
			what: "DMS has no replication task with the ARN from the stack's outputs.",
			why: this.#arn,
			fix: "It was probably deleted by hand. Deploy again to recreate it.",
			next: "pulumi up --refresh",
		});
	}

	/** Somebody else may start the task between our look and our call: then it runs, as wanted. */
	async start(type: StartReplicationTaskTypeValue): Promise<"sent" | "already running"> {
		const { StartReplicationTaskCommand } = await import("@aws-sdk/client-database-migration-service");
		try {
			await this.client.send(
				new StartReplicationTaskCommand({ ReplicationTaskArn: this.#arn, StartReplicationTaskType: type }),
			);
			return "sent";
		} catch (error) {
			if (isAwsError(error, "InvalidResourceStateFault") && (await this.#isGoing())) return "already running";
			throw error;
		}
	}

	/** Somebody else may stop the task between our look and our call: then it stops, as wanted. */
	async stop(): Promise<void> {
		const { StopReplicationTaskCommand } = await import("@aws-sdk/client-database-migration-service");
		try {
			await this.client.send(new StopReplicationTaskCommand({ ReplicationTaskArn: this.#arn }));
		} catch (error) {
			if (!isAwsError(error, "InvalidResourceStateFault") || (await this.#isGoing())) throw error;
		}
	}

	async reload(tables: readonly { schema: string; table: string }[]): Promise<void> {
		const { ReloadTablesCommand } = await import("@aws-sdk/client-database-migration-service");
		await this.client.send(
			new ReloadTablesCommand({
				ReplicationTaskArn: this.#arn,
				TablesToReload: tables.map(({ schema, table }) => ({ SchemaName: schema, TableName: table })),
			}),
		);
	}

	async #isGoing(): Promise<boolean> {
		return taskStates[taskState(await this.describe())] === "going";
	}
}
