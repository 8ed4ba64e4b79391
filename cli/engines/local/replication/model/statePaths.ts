import { join } from "node:path";
import type { LocalPaths } from "../../shared/paths.ts";

/** Files of the replicator, below one folder. */
export interface StatePaths {
	folder: string;
	/** Process id of the supervisor whose worker holds the lock. */
	pid: string;
	/** Process id of that worker. */
	worker: string;
	/** A pid file of each supervisor from the moment it is started, whether or not its worker ever gets the lock. */
	supervisors: string;
	/** Where the replication stands; survives every crash. */
	checkpoint: string;
	/** What the running replicator shows of itself. */
	status: string;
	log: string;
	/** Requests to the running replicator, one JSON file each. */
	requests: string;
	/** Parquet files not yet published. */
	staging: string;
	/** Database file whose lock only the one working replicator holds. */
	lock: string;
}

export function statePaths(paths: LocalPaths): StatePaths {
	const folder = paths.replication;
	return {
		folder,
		pid: join(folder, "pid"),
		worker: join(folder, "worker"),
		supervisors: join(folder, "supervisors"),
		checkpoint: join(folder, "checkpoint.json"),
		status: join(folder, "status.json"),
		log: join(folder, "replicator.log"),
		requests: join(folder, "requests"),
		staging: join(folder, "staging"),
		lock: join(folder, "lock.duckdb"),
	};
}
