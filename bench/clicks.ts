/**
 * Speed of `clicks send`: into the local delivery buffer, and into MiniStack's Kinesis beside `aws kinesis put-records` in a
 * loop and beside what MiniStack takes at most. See bench/README.md.
 *
 *     npx tsx bench/clicks.ts [--records 1000000] [--runs 3]
 *     npx tsx bench/clicks.ts [--runs 3] --ministack path/to/ministack [--aws path/to/aws]
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { clickRecords } from "../cli/actions/clicks/clicks.ts";
import { LocalEventStream } from "../cli/engines/local/eventStream/eventStream.ts";
import type { Context, EventStream } from "../cli/engines/port.ts";
import { bareClient, loopOfCommands, ourSender, type Server, startMiniStack, startSink, useServer } from "./kinesis.ts";

const { values } = parseArgs({
	options: {
		records: { type: "string", default: "1000000" },
		runs: { type: "string", default: "3" },
		ministack: { type: "string" },
		aws: { type: "string" },
	},
});
const records = Number(values.records);
const runs = Number(values.runs);
/** Records of a round into Kinesis, and of the loop of commands. */
const kinesisRecords = 50_000;
const commandRecords = 4_000;
const context: Context = {
	signal: new AbortController().signal,
	reporter: { task: (_, run) => run(() => undefined), note: () => undefined, warn: (text) => console.warn(text) },
};
const rows: Record<string, unknown>[] = [];
const folder = await mkdtemp(join(tmpdir(), "bench-clicks-"));

interface Way {
	way: string;
	records: number;
	/** Does it once and gives the seconds. */
	run: () => Promise<number>;
	/** Whether it is this process that works: its CPU time and memory are then reported. */
	ours: boolean;
}

/** The fastest of some runs, as other work on the machine can only take time away; the ways take turns. */
async function measure(...ways: readonly Way[]): Promise<void> {
	const found = ways.map((way) => ({ ...way, times: [] as number[], cpu: 0, memory: 0 }));
	for (let number = 0; number < runs; number += 1) {
		for (const one of found) {
			const before = process.cpuUsage();
			one.times.push(await one.run());
			const { user, system } = process.cpuUsage(before);
			one.cpu += (user + system) / runs;
			one.memory ||= process.resourceUsage().maxRSS / 1000;
		}
	}
	for (const { way, records: count, ours, times, cpu, memory } of found) {
		rows.push({
			way,
			"records/s": Math.round(count / Math.min(...times)),
			slowest: Math.round(count / Math.max(...times)),
			...(ours && { "CPU s a million": (cpu / count).toFixed(1), "highest memory, MB": Math.round(memory) }),
			load: loadavg()[0]?.toFixed(1),
		});
	}
}

async function send(stream: EventStream, source: Iterable<string>, count: number): Promise<number> {
	const { accepted, lost, seconds } = await stream.send(source, context);
	if (accepted !== count || lost !== 0) throw new Error(`${accepted} of ${count} accepted, ${lost} lost`);
	return seconds;
}

const template = await readFile(new URL("../pipelines/shop/clicks/click.template", import.meta.url), "utf8");
const made = [...clickRecords({ records: 20_000, seed: 1, template: template })];
/** Made before, so that the sender's own speed is seen; a part is repeated, for the sake of memory. */
function* repeated(count: number): Generator<string> {
	for (let at = 0; at < count; at += 1) yield made[at % made.length] as string;
}

const local = (way: string, source: () => Iterable<string>): Way => ({
	way,
	records,
	ours: true,
	run: async () => {
		const home = await mkdtemp(join(folder, "lake-"));
		const stream = new LocalEventStream({ spool: join(home, "spool"), raw: join(home, "raw") });
		const seconds = await send(stream, source(), records);
		await rm(home, { recursive: true });
		return seconds;
	},
});

const kinesis = (way: string, server: Server, count: number): Way => ({
	way,
	records: count,
	ours: true,
	run: async () => {
		useServer(server);
		return send(await ourSender(streamName()), repeated(count), count);
	},
});

let streams = 0;
function streamName(): string {
	streams += 1;
	return `bench-${streams}`;
}

const servers: Server[] = [];
try {
	if (values.ministack === undefined) {
		await measure(local("local delivery buffer", () => repeated(records)));
		await measure(
			local("local, records made on the way", () => clickRecords({ records, seed: 2, template: template })),
		);
	} else {
		const sink = await startSink();
		servers.push(sink);
		await measure(kinesis("a server that takes everything", sink, 10 * kinesisRecords));
		const ministack = await startMiniStack(values.ministack, folder);
		servers.push(ministack);
		await measure(kinesis("Kinesis (MiniStack)", ministack, kinesisRecords), {
			way: "bare HTTP client, calls made before",
			records: kinesisRecords,
			ours: false,
			run: () => bareClient(ministack, streamName(), [...repeated(kinesisRecords)]),
		});
		const { aws } = values;
		if (aws !== undefined) {
			await measure({
				way: "aws kinesis put-records in a loop",
				records: commandRecords,
				ours: false,
				run: () => loopOfCommands(aws, streamName(), folder, [...repeated(commandRecords)]),
			});
		}
	}
	console.table(rows);
} finally {
	for (const server of servers) server.stop();
	await rm(folder, { recursive: true, force: true });
}
