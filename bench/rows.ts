import type { Row } from "./core/measure.ts";
import { changeRows } from "./rows/changes.ts";
import { clicks } from "./rows/clicks.ts";
import { clicksKinesis } from "./rows/clicksKinesis.ts";
import { cliStart } from "./rows/cliStart.ts";
import { dashboard, demoRow } from "./rows/demo.ts";
import { fullLoad } from "./rows/fullLoad.ts";
import { jobRows } from "./rows/jobs.ts";
import { latency } from "./rows/latency.ts";
import { reconcileRow } from "./rows/reconcile.ts";

/** All rows, as RESULTS.md has them. */
export const rows: readonly Row[] = [
	fullLoad,
	...changeRows,
	latency,
	...jobRows,
	clicks,
	clicksKinesis,
	cliStart,
	reconcileRow,
	demoRow,
	dashboard,
];
