import type { PipelineError } from "../../../../common/errors.ts";
import type { TableStatistics } from "../../../port.ts";
import type { Checkpoint, TableCheckpoint } from "../model/checkpoint.ts";
import { tableId } from "../model/tableName.ts";
import type { TaskState } from "../model/taskState.ts";
import type { Store } from "../publish/store.ts";
import { type DaemonStatus, writeDaemonStatus } from "./daemonStatus.ts";

const throttleMs = 250;

/** At least so often the status is written. */
const heartbeatMs = 5_000;

/** After so long without a heartbeat nobody is taken to write it any more: twelve of them, for a machine under load. */
export const silenceMs = 12 * heartbeatMs;

interface BoardOptions {
	supervisorPid: number;
	startedAt: string;
	limits: { intervalMs: number; bytes: number };
}

/** Keeps the status file up to date. */
export class StatusBoard {
	readonly #path: string;
	#status: DaemonStatus;
	#tables: () => readonly TableStatistics[] = () => [];
	#latency: () => number | undefined = () => undefined;
	#withheld: () => string[] = () => [];
	#isLoading = false;
	#timer: NodeJS.Timeout | undefined;
	#writtenAt = Number.NEGATIVE_INFINITY;

	constructor(path: string, options: BoardOptions) {
		this.#path = path;
		this.#status = {
			pid: options.supervisorPid,
			state: "starting",
			following: false,
			fullLoadProgress: 0,
			startedAt: options.startedAt,
			updatedAt: options.startedAt,
			batchInterval: options.limits.intervalMs / 1000,
			batchBytes: options.limits.bytes,
			tables: [],
		};
	}

	get following(): boolean {
		return this.#status.following;
	}

	/** Changes the status; written immediately. `undefined` removes an entry. */
	set(change: { [K in keyof DaemonStatus]?: DaemonStatus[K] | undefined }): void {
		const merged = { ...this.#status, ...change };
		this.#status = Object.fromEntries(
			Object.entries(merged).filter(([, value]) => value !== undefined),
		) as DaemonStatus;
		if (change.following === true) this.#isLoading = false;
		this.write();
	}

	/** Shows a full load of all tables, whose statistics change in place. */
	showLoad(tables: ReadonlyMap<string, TableCheckpoint>): void {
		this.#isLoading = true;
		this.#tables = () => [...tables.values()].map(statistics);
		this.set({ state: "running", following: false, fullLoadProgress: 0 });
	}

	/** Shows, from now on, the tables as they are in the raw zone, and which of them are being reloaded. */
	show(state: TaskState, store: Store): void {
		this.#tables = () =>
			(store.checkpoint?.tables ?? []).map((table) => {
				const live = state.tables.get(tableId(table));
				const isReloading = live?.state === "Table is being reloaded";
				return statistics(isReloading ? { ...table, state: live.state, fullLoadRows: live.fullLoadRows } : table);
			});
		this.#latency = () => store.checkpoint?.latencySeconds;
		this.#withheld = () => withheldBy(store.checkpoint);
	}

	/** Shows statistics that another process left. */
	keep(tables: readonly TableStatistics[]): void {
		this.#tables = () => tables;
	}

	/** Notes that what is shown has changed; written soon. */
	update(): void {
		if (this.#timer !== undefined) return;
		const wait = this.#writtenAt + throttleMs - performance.now();
		if (wait <= 0) this.write();
		else this.#timer = setTimeout(() => this.write(), wait);
	}

	/** Writes the status every so often from now on, as a sign of life. @returns how to end that. */
	beat(): () => void {
		const timer = setInterval(() => {
			if (performance.now() - this.#writtenAt >= heartbeatMs) this.write();
		}, heartbeatMs);
		timer.unref();
		return () => clearInterval(timer);
	}

	fail(error: PipelineError): void {
		const { outcome, text, message } = error;
		this.set({
			state: "failed",
			following: false,
			lastError: message,
			failure: { outcome, ...text } as NonNullable<DaemonStatus["failure"]>,
			stopReason: "Stop Reason FATAL_ERROR",
		});
	}

	/** Writes what is to be shown immediately: who waits for a request reads it when the request is done. */
	write(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#writtenAt = performance.now();
		const tables = [...this.#tables()];
		const latency = this.#latency();
		const withheld = this.#withheld();
		const { withheld: _, ...before } = this.#status;
		this.#status = {
			...before,
			...(withheld.length === 0 ? {} : { withheld }),
			updatedAt: new Date().toISOString(),
			...(latency === undefined ? {} : { latencySeconds: latency }),
			...(this.#isLoading ? { fullLoadProgress: progressOf(tables) } : {}),
			tables,
		};
		writeDaemonStatus(this.#path, this.#status);
	}
}

export function statistics(table: TableCheckpoint): TableStatistics {
	const { schema, table: name, state, fullLoadRows, inserts, updates, deletes, ddls, updatedAt, error } = table;
	return {
		...{ schema, table: name, state, fullLoadRows, inserts, updates, deletes, ddls, updatedAt },
		...(error === undefined ? {} : { lastError: error }),
	};
}

const reasons = {
	new: "added later",
	renamed: "may be a dropped or hashed column under another name",
	generated: "computed from a dropped or hashed column",
};

/** Columns and tables that are left out though the definition does not name them. */
function withheldBy(checkpoint: Checkpoint | undefined): string[] {
	const columns = (checkpoint?.tables ?? []).flatMap((table) =>
		table.columns.flatMap(({ name, action, withheld }) =>
			withheld === undefined ? [] : [`${tableId(table)}.${name} (${reasons[withheld]}: ${action})`],
		),
	);
	return [...columns, ...(checkpoint?.ignored ?? []).map((id) => `${id} (a table that was added later)`)];
}

/** Percent of the tables that are loaded; 100 only when the load is over. */
function progressOf(tables: readonly TableStatistics[]): number {
	const done = tables.filter((table) => table.state === "Table completed" || table.state === "Table error").length;
	return Math.min(99, Math.floor((done / Math.max(1, tables.length)) * 100));
}
