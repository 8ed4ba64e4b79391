import type { ModelDefinition } from "../../../etl/contract/datasets.ts";
import type { Definition } from "../../../etl/definition/definition.ts";
import type { Comparison } from "./comparison.ts";
import type { Check, Context } from "./context.ts";
import type { EventStream } from "./eventStream.ts";
import type { Jobs } from "./jobs.ts";
import type { Crawlers, ObjectStore, Query, Warehouse, WarehouseStatus } from "./lake.ts";
import type { Logs } from "./logs.ts";
import type { Replication } from "./replication.ts";
import type { Source } from "./source.ts";

/** A deployment of the pipeline; each port is loaded when it is first asked for. */
export interface Stack {
	readonly name: string;
	readonly engine: "local" | "aws";
	/**
	 * The definition of its pipeline, as its folder has it now.
	 * @throws PipelineError with every mistake in it.
	 */
	definition(): Promise<Definition>;
	/**
	 * The models of its definition, in an order in which they can be built.
	 * @throws PipelineError with every mistake in them.
	 */
	models(): Promise<readonly ModelDefinition[]>;
	source(): Promise<Source>;
	replication(): Promise<Replication>;
	jobs(): Promise<Jobs>;
	crawlers(): Promise<Crawlers>;
	query(): Promise<Query>;
	raw(): Promise<ObjectStore>;
	processed(): Promise<ObjectStore>;
	eventStream(): Promise<EventStream>;
	warehouse(): Promise<Warehouse>;
	logs(): Promise<Logs>;
	comparison(): Promise<Comparison>;
	/** Where values may remain that a purge does not reach, a line each; absent where it reaches all. */
	purgeLeaves?(): readonly string[] | Promise<readonly string[]>;
	/** Every precondition of the stack's work, also those that hold. */
	checks(context: Context): Promise<Check[]>;
	/** How the warehouse is, without waking it; undefined where the stack has none. Absent where it is but a file. */
	warehouseStatus?(): Promise<WarehouseStatus | undefined>;
	/** Addresses of the stack's dashboards by name, none where it has none; absent where `dashboard` serves them itself. */
	dashboardUrls?(): Promise<Record<string, string>>;
}
