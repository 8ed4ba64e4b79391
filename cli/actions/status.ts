import type { Outcome, PipelineError } from "../common/errors.ts";
import { partialFault, unlessPartialFault } from "../common/partialFault.ts";
import type {
	ObjectStore,
	ReplicationStatus,
	RunSummary,
	ScheduleStatus,
	SourceStatus,
	Stack,
	StreamStatus,
	WarehouseStatus,
} from "../engines/port.ts";

import { type Failing, failing, history } from "./etl/failing.ts";
import { type ModelStatus, modelStatus } from "./etl/modelStatus.ts";
import { tablesInError, troubleOf } from "./replicationTrouble.ts";

export interface ZoneStatus {
	files: number;
	bytes: number;
	/** ISO 8601, of the newest file. */
	newest?: string;
	/** There are more files than were counted. */
	more?: true;
}

/** Files of a zone that are counted: on S3 a thousand is a call. */
const countable = 20_000;

/** A part that could not be looked at. */
export interface UnseenPart {
	part: string;
	outcome: Outcome;
	/** Why, in one line. */
	reason: string;
	/** What to do about it, where that is known. */
	fix?: string;
	/** The command that fixes it, or tells more. */
	next: string;
}

/** Each part as it is; one that could not be looked at is absent, and among the unseen. */
export interface PipelineStatus {
	stack: string;
	source?: SourceStatus;
	replication?: ReplicationStatus;
	/** Why changes of the source do not arrive. */
	trouble?: string;
	clickstream?: StreamStatus;
	raw?: ZoneStatus;
	processed?: ZoneStatus;
	/** Absent also where there was no run yet. */
	lastRun?: RunSummary;
	/** What failed and has not succeeded since. */
	failing?: Failing;
	/** Absent also where the jobs run by hand only. */
	schedule?: ScheduleStatus;
	catalog?: { database: string; tables: number };
	/** Absent also where the definition has none. */
	models?: ModelStatus;
	/** Absent also where the stack has none. */
	warehouse?: WarehouseStatus;
	/** Addresses by name. */
	dashboards?: Record<string, string>;
	unseen: UnseenPart[];
	/** Set where some part could not be looked at, or one that should run does not. */
	outcome?: Outcome;
}

/** What a failure of several parts is reported as: what hits all of them before what hits one. */
const tellingOrder: readonly Outcome[] = ["credentials", "serviceRefused"];

/**
 * Looks at every part; nothing is started.
 * @throws PipelineError where no part can be looked at.
 */
export async function pipelineStatus(stack: Stack): Promise<PipelineStatus> {
	const runs = once(async () => (await stack.jobs()).runs(history));
	const registered = once(async () => (await stack.crawlers()).registered());
	const looks = await Promise.all([
		look("source", async () => (await stack.source()).status()),
		look("replication", async () => (await stack.replication()).status()),
		look("clickstream", async () => {
			// A mistake in the definition must not hide everything else.
			const hasClicks = await stack.definition().then(
				({ pipeline }) => pipeline.clicks !== undefined,
				() => false,
			);
			return hasClicks ? (await stack.eventStream()).status?.() : undefined;
		}),
		look("raw", async () => zoneStatus(await stack.raw())),
		look("processed", async () => zoneStatus(await stack.processed())),
		look("lastRun", async () => (await stack.jobs()).lastRun()),
		look("failing", async () => failing(stack, await runs())),
		look("schedule", async () => (await stack.jobs()).schedule()),
		look("catalog", async () => {
			const { database, tables } = await registered();
			return { database, tables: tables.length };
		}),
		// What it is made of is missed by the parts above, and a mistake in the definition by the jobs.
		look("models", () =>
			unlessPartialFault(async () => modelStatus(await stack.definition(), (await registered()).tables, await runs())),
		),
		look("warehouse", async () => stack.warehouseStatus?.()),
		look("dashboards", async () => stack.dashboardUrls?.()),
	]);
	const failures = looks.flatMap(({ part, error }) => (error === undefined ? [] : [{ part, error }]));
	const worst =
		tellingOrder
			.map((outcome) => failures.find(({ error }) => error.outcome === outcome))
			.find((failure) => failure !== undefined) ?? failures[0];
	const seen: Partial<PipelineStatus> = Object.assign({}, ...looks.map((one) => one.seen));
	if (worst !== undefined && Object.keys(seen).length === 0) throw worst.error;
	const { replication, source, schedule } = seen;
	const trouble =
		replication === undefined
			? undefined
			: await unlessPartialFault(
					async () => (await troubleOf(stack, replication)) ?? (await inError(stack, replication)),
				);
	const isDown =
		["failed", "failed-move"].includes(replication?.state ?? "") ||
		replication?.unwanted === true ||
		// Without its source a replication that should run does nothing. On AWS DMS reaches it, and who asks need not.
		(stack.engine === "local" &&
			replication?.state === "running" &&
			source !== undefined &&
			source.state !== "running") ||
		schedule?.died === true ||
		schedule?.late !== undefined;
	const outcome = worst?.error.outcome ?? (isDown ? "failure" : undefined);
	return {
		stack: stack.name,
		...seen,
		...(trouble === undefined ? {} : { trouble }),
		unseen: failures.map(unseenPart),
		...(outcome === undefined ? {} : { outcome }),
	};
}

function unseenPart({ part, error }: { part: string; error: PipelineError }): UnseenPart {
	const { fix, next = "pipeline-cli doctor" } = error.text;
	const reason = error.message.replaceAll(/\s+/g, " ");
	return { part, outcome: error.outcome, reason, ...(fix !== undefined && { fix }), next };
}

/** Which tables the replication has taken out; asked for only where it has. */
async function inError(stack: Stack, { tables }: ReplicationStatus): Promise<string | undefined> {
	if (tables.errored === 0) return undefined;
	const found = await tablesInError(stack);
	return found === undefined ? undefined : `${found} See: pipeline-cli replication tables`;
}

/** A part as `{ part: what it is }`, or why that is not known. */
async function look<P extends keyof PipelineStatus>(
	part: P,
	ask: () => Promise<PipelineStatus[P]>,
): Promise<{ part: P; seen?: Pick<PipelineStatus, P>; error?: PipelineError }> {
	try {
		const found = await ask();
		return { part, seen: (found === undefined ? {} : { [part]: found }) as Pick<PipelineStatus, P> };
	} catch (error) {
		const fault = partialFault(error);
		if (fault === undefined) throw error;
		return { part, error: fault };
	}
}

/** What several parts are made of is asked for once. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
	let asked: Promise<T> | undefined;
	return () => {
		asked ??= ask();
		return asked;
	};
}

async function zoneStatus(store: ObjectStore): Promise<ZoneStatus> {
	let files = 0;
	let bytes = 0;
	let newest: Date | undefined;
	for await (const object of store.list("")) {
		if (files === countable) return { files, bytes, more: true };
		files += 1;
		bytes += object.size;
		if (newest === undefined || object.modified > newest) newest = object.modified;
	}
	return { files, bytes, ...(newest === undefined ? {} : { newest: newest.toISOString() }) };
}
