import { type DeliverySettings, LocalEventStream } from "../../cli/engines/local/eventStream/eventStream.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";

/**
 * Sends numbered records without an end, every seventh of which is not JSON, and prints how many were accepted:
 * `<sender> <count>` a line.
 */
const [home = "", sender = "", settings = "{}"] = process.argv.slice(2);

function* numbered(): Generator<string> {
	for (let id = 0; ; id += 1) {
		yield id % 7 === 6 ? `${sender} ${id}` : JSON.stringify({ sender, id, fill: "x".repeat(id % 300) });
	}
}

const reporter = {
	task: <T>(_title: string, run: (update: (detail: string) => void) => Promise<T>) => run(() => undefined),
	wait: <T>(_title: string, work: () => Promise<T>) => work(),
	note: () => undefined,
	warn: () => undefined,
};
const paths = localPaths(home);
const stream = new LocalEventStream(
	{ spool: paths.delivery, raw: paths.raw },
	JSON.parse(settings) as DeliverySettings,
);
await stream.send(
	numbered(),
	{ signal: new AbortController().signal, reporter },
	{ onProgress: ({ accepted }) => process.stdout.write(`${sender} ${accepted}\n`) },
);
