import { parseArgs } from "node:util";
import { keepRunning } from "./commands/shared/keepRunning.ts";
import { messageOf } from "./common/errors.ts";
import { logIsAskedFor, logTo } from "./common/log.ts";
import { onInterrupt } from "./common/process/interrupts.ts";
import { LocalHostEngine } from "./engines/local/host.ts";
import { LogReporter } from "./engines/local/schedule/logReporter.ts";
import { whenMoved } from "./engines/local/shared/folderId.ts";
import { stackPaths, usualStack } from "./engines/local/shared/paths.ts";
import { scheduleFiles } from "./engines/local/shared/scheduleFile.ts";

/** The schedule's own program, which `up` starts in the background. It ends at SIGTERM, and leaves source and replication alone. */
const { values } = parseArgs({
	options: { every: { type: "string" }, stack: { type: "string", default: usualStack } },
});
const paths = stackPaths(values.stack);
// Its log is where the folder is now.
whenMoved(paths.home, () => process.exit(1));
const host = new LocalHostEngine(values.stack);
const reporter = new LogReporter(scheduleFiles(paths).log);
if (logIsAskedFor()) logTo((line) => reporter.debug(line));
const stop = new AbortController();
onInterrupt(() => stop.abort());
try {
	const everySeconds = values.every === undefined ? undefined : Number(values.every);
	const context = { reporter, signal: stop.signal };
	reporter.note("The schedule has started.");
	await keepRunning(host, await host.stack(), { everySeconds }, context);
	reporter.note("The schedule has ended.");
} catch (error) {
	reporter.error(error instanceof Error ? (error.stack ?? error.message) : messageOf(error));
	process.exitCode = 1;
}
