/**
 * What the dashboard page shows, as one JSON document: cubes small enough to be filtered in the browser, so that the page
 * served on loopback and the exported file work the same.
 */
export interface DashboardData {
	stack: string;
	database: string;
	/** ISO 8601: when this document was computed. */
	computedAt: string;
	/** Seconds after which the live page asks again. */
	refreshSeconds: number;
	sales: Part<SalesCube>;
	departments: Part<DepartmentCube>;
	clicks: Part<ClickCube>;
	replication: Part<ReplicationView>;
}

/** A part of the data, or why it is not there and what to run. One broken table leaves the other charts alone. */
export type Part<T> = { ok: true; value: T } | { ok: false; why: string; next?: string };

/** Order lines, summed by day, country, product line and customer. */
export interface SalesCube {
	/** `YYYY-MM-DD`, ascending. */
	days: string[];
	countries: string[];
	lines: string[];
	/** Names; two customers may have the same. */
	customers: string[];
	/** Customers that have a row of their own at most; the others have none in `customers`. */
	customerLimit: number;
	cells: SalesCell[];
}

/**
 * Indexes into `days`, `countries`, `lines` and `customers` (-1: one of the many small customers), then revenue and profit
 * in cents, and units sold.
 */
export type SalesCell = [
	day: number,
	country: number,
	line: number,
	customer: number,
	revenue: number,
	profit: number,
	units: number,
];

/** Rows of joint_tables by the hour of the click and department. */
export interface DepartmentCube {
	/** `YYYY-MM-DD-HH`, ascending. */
	hours: string[];
	departments: string[];
	cells: [hour: number, department: number, rows: number][];
}

/** Clicks by the hour in which they arrived: `YYYY-MM-DD-HH`, ascending. */
export interface ClickCube {
	hours: [hour: string, clicks: number][];
}

export interface ReplicationView {
	/** State of the replication task. */
	state: string;
	/** Its text, for instance "Load complete, replication ongoing". */
	text: string;
	/** Seconds from the commit at the source to the raw file, of the newest change. */
	latencySeconds?: number;
	lastError?: string;
	/** The newest run of the jobs. */
	lastRun?: { runId: string; state: "running" | "succeeded" | "failed" };
	/** Rows of each table's change log. */
	tables: TableChanges[];
}

export interface TableChanges {
	table: string;
	inserts: number;
	updates: number;
	deletes: number;
	/** Rows of the full load. */
	loaded: number;
	/** Commit time of the newest change, ISO 8601; absent where there was none after the full load. */
	newest?: string;
}
