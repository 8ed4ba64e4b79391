import type { PipelineOutputs } from "../../../infra/outputs.ts";
import { type AwsEndpoint, json, refuse } from "./endpoint.ts";
import { outputs } from "./outputs.ts";

/** A replication task as DMS describes it; dates in seconds. */
export interface Task {
	Status: string;
	StopReason?: string;
	LastFailureMessage?: string;
	ReplicationTaskStartDate?: number;
	ReplicationTaskStats?: Record<string, number>;
}

export interface Statistics {
	SchemaName: string;
	TableName: string;
	TableState: string;
	Inserts: number;
	FullLoadRows: number;
	LastUpdateTime: number;
}

export const loaded = {
	FullLoadProgressPercent: 100,
	TablesLoaded: 23,
	TablesLoading: 0,
	TablesQueued: 0,
	TablesErrored: 0,
};

const startedAt = 1_795_000_000;

export const running: Task = { Status: "running", ReplicationTaskStartDate: startedAt, ReplicationTaskStats: loaded };

/** DMS: one task, two endpoints. What it is asked is in `endpoint.calls`. */
export class DmsScript {
	task: Task = { Status: "ready" };
	/** What a look at the task shows, one after the other, after it was started; the last one stays. */
	afterStart: Task[] = [
		{ Status: "starting", ReplicationTaskStartDate: startedAt },
		{ ...running, ReplicationTaskStats: { ...loaded, FullLoadProgressPercent: 40, TablesLoading: 8 } },
		running,
	];
	/** The same after it was stopped. */
	afterStop: Task[] = [
		{ Status: "stopping", ReplicationTaskStartDate: startedAt },
		{ Status: "stopped", StopReason: "Stop Reason NORMAL", ReplicationTaskStartDate: startedAt },
	];
	/** What a look at a connection shows after its test began. */
	connections: { source: Connection[]; target: Connection[] } = {
		source: [{ Status: "testing" }, { Status: "successful" }],
		target: [{ Status: "successful" }],
	};
	tables: Statistics[] = [];
	/** Starts that were not refused. */
	accepted = 0;
	/** Called when a start is taken. */
	onStart: () => void = () => undefined;
	/** Rows of a page of table statistics. */
	pageSize = 100;
	readonly #replication: PipelineOutputs["replication"];
	#pending: Task[] = [];
	readonly #tested = new Map<string, Connection[]>();

	/** @param replication the deployment's; the scripted one's by default. */
	constructor(endpoint: AwsEndpoint, replication: PipelineOutputs["replication"] = outputs.replication) {
		this.#replication = replication;
		endpoint
			.on("dms", "DescribeReplicationTasks", () => {
				this.task = this.#pending.shift() ?? this.task;
				return json({ ReplicationTasks: [{ ReplicationTaskArn: replication.taskArn, ...this.task }] });
			})
			.on("dms", "StartReplicationTask", () => {
				if (this.#pending.length > 0 || ["running", "starting"].includes(this.task.Status)) {
					return refuse("InvalidResourceStateFault", "Replication Task cannot be started, invalid state");
				}
				this.onStart();
				this.#pending = [...this.afterStart];
				this.accepted += 1;
				return json({ ReplicationTask: this.task });
			})
			.on("dms", "StopReplicationTask", () => {
				if (this.#pending.length > 0 || this.task.Status !== "running") {
					return refuse("InvalidResourceStateFault", "Replication Task cannot be stopped, invalid state");
				}
				this.#pending = [...this.afterStop];
				return json({ ReplicationTask: this.task });
			})
			.on("dms", "TestConnection", (input) => {
				const arn = String(input.EndpointArn);
				const end = arn === replication.sourceEndpointArn ? "source" : "target";
				if (this.#tested.has(arn)) return refuse("InvalidResourceStateFault", "Endpoint is already being tested");
				this.beTested(end);
				return json({ Connection: { EndpointArn: arn, Status: "testing" } });
			})
			.on("dms", "DescribeConnections", (input) => {
				const filters = input.Filters as { Name: string; Values: string[] }[];
				const arn = filters.find(({ Name: name }) => name === "endpoint-arn")?.Values[0] ?? "";
				const states = this.#tested.get(arn) ?? [];
				const state = states.length > 1 ? states.shift() : states[0];
				return json({ Connections: state === undefined ? [] : [{ EndpointArn: arn, ...state }] });
			})
			.on("dms", "DescribeTableStatistics", (input) => {
				const from = Number(input.Marker ?? 0);
				const end = from + this.pageSize;
				return json({
					TableStatistics: this.tables.slice(from, end),
					...(end < this.tables.length ? { Marker: String(end) } : {}),
				});
			})
			.on("dms", "ReloadTables", (input) => {
				const names = (input.TablesToReload as { TableName: string }[]).map(({ TableName: name }) => name);
				for (const table of this.tables.filter(({ TableName: name }) => names.includes(name))) {
					table.LastUpdateTime += 60;
				}
				return json({ ReplicationTaskArn: replication.taskArn });
			})
			.on("dms", "DescribeReplicationInstances", () =>
				json({
					ReplicationInstances: [
						{
							ReplicationInstanceIdentifier: "dev-replication",
							EngineVersion: "3.6.1",
							ReplicationInstanceStatus: "available",
						},
					],
				}),
			)
			.on("dms", "DescribeEngineVersions", () =>
				json({ EngineVersions: [{ Version: "3.6.1", Lifecycle: "ACTIVE", ForceUpgradeDate: 4_000_000_000 }] }),
			);
	}

	/** Somebody begins a test of the connection. */
	beTested(end: "source" | "target"): void {
		const { sourceEndpointArn, targetEndpointArn } = this.#replication;
		this.#tested.set(end === "source" ? sourceEndpointArn : targetEndpointArn, [...this.connections[end]]);
	}
}

export interface Connection {
	Status: string;
	LastFailureMessage?: string;
}
