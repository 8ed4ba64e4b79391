import { type Command, command } from "./command.ts";
import { definition as clicksSend } from "./commands/clicksSend/definition.ts";
import { definition as clicksTail } from "./commands/clicksTail/definition.ts";
import { definition as completion } from "./commands/completion/definition.ts";
import { definition as crawl } from "./commands/crawl/definition.ts";
import { definition as dashboard } from "./commands/dashboard/definition.ts";
import { definition as dashboardUrl } from "./commands/dashboardUrl/definition.ts";
import { definition as demo } from "./commands/demo/definition.ts";
import { definition as doctor } from "./commands/doctor/definition.ts";
import { definition as down } from "./commands/down/definition.ts";
import { definition as exportRows } from "./commands/export/definition.ts";
import { definition as init } from "./commands/init/definition.ts";
import { definition as logs } from "./commands/logs/definition.ts";
import { definition as notebook } from "./commands/notebook/definition.ts";
import { definition as query } from "./commands/query/definition.ts";
import { definition as reconcile } from "./commands/reconcile/definition.ts";
import { definition as replicationReload } from "./commands/replicationReload/definition.ts";
import { definition as replicationStart } from "./commands/replicationStart/definition.ts";
import { definition as replicationStatus } from "./commands/replicationStatus/definition.ts";
import { definition as replicationStop } from "./commands/replicationStop/definition.ts";
import { definition as replicationTables } from "./commands/replicationTables/definition.ts";
import { definition as runEtl } from "./commands/runEtl/definition.ts";
import { definition as runsList } from "./commands/runsList/definition.ts";
import { definition as runsShow } from "./commands/runsShow/definition.ts";
import { definition as setup } from "./commands/setup/definition.ts";
import { definition as sourceDown } from "./commands/sourceDown/definition.ts";
import { definition as sourceSeed } from "./commands/sourceSeed/definition.ts";
import { definition as sourceStatus } from "./commands/sourceStatus/definition.ts";
import { definition as sourceUp } from "./commands/sourceUp/definition.ts";
import { definition as status } from "./commands/status/definition.ts";
import { definition as up } from "./commands/up/definition.ts";
import { definition as verifyCdc } from "./commands/verifyCdc/definition.ts";
import { definition as verifyClicks } from "./commands/verifyClicks/definition.ts";
import { definition as warehouseApply } from "./commands/warehouseApply/definition.ts";
import { definition as warehouseQuery } from "./commands/warehouseQuery/definition.ts";

/** The commands, in the order of `--help`. Their functions are imported when they are called. */
export const commands: readonly Command[] = [
	command(demo, () => import("./commands/demo/run.ts")),
	command(setup, () => import("./commands/setup/run.ts")),
	command(init, () => import("./commands/init/run.ts")),
	command(sourceUp, () => import("./commands/sourceUp/run.ts")),
	command(sourceDown, () => import("./commands/sourceDown/run.ts")),
	command(sourceStatus, () => import("./commands/sourceStatus/run.ts")),
	command(sourceSeed, () => import("./commands/sourceSeed/run.ts")),
	command(up, () => import("./commands/up/run.ts")),
	command(down, () => import("./commands/down/run.ts")),
	command(replicationStart, () => import("./commands/replicationStart/run.ts")),
	command(replicationStop, () => import("./commands/replicationStop/run.ts")),
	command(replicationStatus, () => import("./commands/replicationStatus/run.ts")),
	command(replicationTables, () => import("./commands/replicationTables/run.ts")),
	command(replicationReload, () => import("./commands/replicationReload/run.ts")),
	command(clicksSend, () => import("./commands/clicksSend/run.ts")),
	command(clicksTail, () => import("./commands/clicksTail/run.ts")),
	command(runEtl, () => import("./commands/runEtl/run.ts")),
	command(runsList, () => import("./commands/runsList/run.ts")),
	command(runsShow, () => import("./commands/runsShow/run.ts")),
	command(crawl, () => import("./commands/crawl/run.ts")),
	command(query, () => import("./commands/query/run.ts")),
	command(exportRows, () => import("./commands/export/run.ts")),
	command(dashboard, () => import("./commands/dashboard/run.ts")),
	command(dashboardUrl, () => import("./commands/dashboardUrl/run.ts")),
	command(notebook, () => import("./commands/notebook/run.ts")),
	command(warehouseApply, () => import("./commands/warehouseApply/run.ts")),
	command(warehouseQuery, () => import("./commands/warehouseQuery/run.ts")),
	command(status, () => import("./commands/status/run.ts")),
	command(reconcile, () => import("./commands/reconcile/run.ts")),
	command(verifyCdc, () => import("./commands/verifyCdc/run.ts")),
	command(verifyClicks, () => import("./commands/verifyClicks/run.ts")),
	command(doctor, () => import("./commands/doctor/run.ts")),
	command(logs, () => import("./commands/logs/run.ts")),
	command(completion, () => import("./commands/completion/run.ts")),
];
