import type { Row } from "./core/measure.ts";
import { changeRows } from "./rows/changes.ts";
import { clicks } from "./rows/clicks.ts";
import { cliStart } from "./rows/cliStart.ts";
import { fullLoad } from "./rows/fullLoad.ts";
import { reconcileRow } from "./rows/reconcile.ts";

/** All rows, as RESULTS.md has them. */
export const rows: readonly Row[] = [fullLoad, ...changeRows, clicks, cliStart, reconcileRow];
