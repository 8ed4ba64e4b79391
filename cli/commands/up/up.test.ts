import { describe, expect } from "vitest";
import { testContext } from "../../../tests/support/context.ts";
import { it } from "../../../tests/support/fixtures.ts";
import type { Invocation } from "../../command.ts";
import { PipelineError } from "../../common/errors.ts";
import type { LocalHost } from "../../engines/port.ts";
import type { definition } from "./definition.ts";
import { run } from "./run.ts";

type Options = Invocation<typeof definition>["options"];

const none = { foreground: false, install: false, uninstall: false };

/** What runs before, and how the attempt to keep the schedule ends. */
interface World {
	source?: "already running" | "started";
	replication?: "running" | "starting" | "stopped";
	stack?: boolean;
	free?: () => Promise<void>;
	start?: () => Promise<"started" | "already running">;
	keep?: (work: (board: object) => Promise<void>) => Promise<void>;
	schedule?: object;
	verify?: object;
}

/** Calls `up` on a stack of which only the starting and stopping is real, and notes what is stopped. */
function up(world: World, options: Partial<Options>, abort = new AbortController()) {
	const calls: string[] = [];
	const noted = (name: string, result?: unknown) => async () => {
		calls.push(name);
		return result;
	};
	const replication = {
		status: async () => ({ state: world.replication ?? "stopped" }),
		start: async (_: unknown, given: object) => {
			calls.push(`start ${JSON.stringify(given)}`);
			return (
				world.start?.() ?? (["running", "starting"].includes(world.replication ?? "") ? "already running" : "started")
			);
		},
		stop: noted("stop replication"),
		tables: async () => [],
	};
	const stack = {
		name: "local",
		replication: async () => replication,
		jobs: async () => ({ schedule: async () => undefined, lastRun: async () => ({ runId: "1", jobs: [] }) }),
		definition: async () => ({
			pipeline: { ...(world.schedule && { schedule: world.schedule }), verify: world.verify },
		}),
	};
	const host = {
		name: "local",
		stack: async () => stack,
		definitionFolder: async () => (world.stack === false ? undefined : "pipelines/shop"),
		chosenServer: async () => undefined,
		startPrivateSource: async () => ({ action: world.source ?? "started", address: "127.0.0.1:1" }),
		requireSchedule: async () => world.free?.(),
		keepSchedule: async (_: unknown, __: unknown, work: (board: object) => Promise<void>) => world.keep?.(work),
		startSchedule: async () => "started",
		stopSchedule: noted("stop schedule", "not running"),
		stopRun: noted("stop run", "not running"),
		stopSource: noted("stop source"),
		installUnit: async () => ({ name: "u", path: "/u", text: "", action: "written" }),
		removeUnit: noted("remove unit", "/u"),
	} as unknown as LocalHost;
	const invocation = {
		options: { ...none, ...options },
		localHost: async () => host,
		interactive: false,
		context: testContext(abort.signal),
	} as unknown as Invocation<typeof definition>;
	return { calls, result: run(invocation) };
}

const refuse = async (): Promise<never> => {
	throw new PipelineError("serviceRefused", { what: "The schedule is already running." });
};
const starts = (calls: readonly string[]): readonly string[] => calls.filter((call) => call.startsWith("start "));

describe("in the background", () => {
	it.for([
		["the definition names a table for it", { verify: { table: "shop.heartbeat" } }, "pipeline-cli verify-cdc\n"],
		["there is none, by a way that writes nothing", {}, "pipeline-cli verify-cdc --read-only\n"],
	] as const)("proposes to verify, where %s", async ([, world, line]) => {
		expect((await up(world, {}).result).text).toContain(line);
	});
});

describe("in the foreground", () => {
	it("starts nothing where another process keeps the schedule", async () => {
		const { calls, result } = up({ free: refuse }, { foreground: true });
		await expect(result).rejects.toThrow("already running");
		expect(calls).toEqual([]);
	});

	it.for([
		["nothing of what ran before", { source: "already running", replication: "running" }, []],
		["nothing of what is just starting", { source: "already running", replication: "starting" }, []],
		["the replication that it started", { source: "already running" }, ["stop replication"]],
		["all that it started", {}, ["stop replication", "stop source"]],
	] as const)("refused later, it stops %s", async ([, before, stopped]) => {
		const { calls, result } = up({ ...before, keep: refuse }, { foreground: true });
		await expect(result).rejects.toThrow("already running");
		expect(calls.filter((call) => call.startsWith("stop"))).toEqual(stopped);
	});

	it("stops a source that it started for a replication that does not start", async () => {
		const start = async (): Promise<never> => {
			throw new PipelineError("failure", { what: "no" });
		};
		const { calls, result } = up({ start }, { foreground: true });
		await expect(result).rejects.toThrow("no");
		expect(calls).toContain("stop source");
		expect(calls).not.toContain("stop schedule");
	});

	it("leaves the full load of another process alone when Ctrl-C comes while it waits for that", async () => {
		const abort = new AbortController();
		const start = async (): Promise<never> => {
			abort.abort(new PipelineError("cancelled", { what: "Ctrl-C" }));
			throw abort.signal.reason;
		};
		const world: World = { source: "already running", replication: "starting", start };
		const { calls, result } = up(world, { foreground: true }, abort);
		await result;
		expect(calls.filter((call) => call.startsWith("stop"))).toEqual([]);
	});

	it.for([true, false])("Ctrl-C stops everything, or what was started so far (%s)", async (kept) => {
		const abort = new AbortController();
		const interrupt = async (): Promise<never> => {
			abort.abort(new PipelineError("cancelled", { what: "Ctrl-C" }));
			throw abort.signal.reason;
		};
		const world: World = kept
			? { source: "already running", replication: "running", keep: (work) => work({ show: interrupt }) }
			: { start: interrupt };
		const { calls, result } = up(world, { foreground: true }, abort);
		expect((await result).text).toContain(kept ? "Stopped everything." : "Stopped what this command had started.");
		expect(calls).toEqual(expect.arrayContaining(["stop replication", "stop source"]));
		expect(calls.includes("stop schedule")).toBe(kept);
	});
});

it.for([
	[{ every: 5 }, {}, { batchInterval: 5 }],
	[{}, { schedule: { everySeconds: 10 } }, { batchInterval: 10 }],
	[{ every: 120 }, { schedule: { everySeconds: 10 } }, {}],
	[{}, { schedule: { cron: "* * * * *", timezone: "UTC" } }, {}],
	[{ every: 5 }, { replication: "running" }, {}],
	[{ every: 5 }, { replication: "starting" }, {}],
] as const)("closes batches in time for the schedule: %j %j", async ([options, world, limits]) => {
	const { calls, result } = up({ ...world, keep: async () => undefined }, { ...options, foreground: true });
	await result;
	expect(starts(calls)).toEqual([`start ${JSON.stringify(limits)}`]);
});

describe("--install", () => {
	it.for([
		[{ foreground: true }, "--install and --foreground cannot be combined."],
		[{ pipeline: "x", port: 3306 }, "--install cannot be combined with --pipeline, --port."],
		[{ schema: ["a"], sourceUrl: "mysql://u@h" }, "--install cannot be combined with --source-url, --schema."],
	] satisfies [Partial<Options>, string][])("refuses what the unit would not have: %j", async ([options, what]) => {
		await expect(up({}, { ...options, install: true }).result).rejects.toMatchObject({
			outcome: "usage",
			text: { what },
		});
	});

	it("is refused without a stack", async () => {
		const refused = { outcome: "noSuchStack", text: { next: "pipeline-cli up" } };
		await expect(up({ stack: false }, { install: true }).result).rejects.toMatchObject(refused);
		expect((await up({}, { install: true, every: 60 }).result).json).toMatchObject({ action: "written" });
	});

	it("--uninstall takes no time, and needs no stack", async () => {
		await expect(up({}, { uninstall: true, every: 60 }).result).rejects.toThrow(
			"--uninstall cannot be combined with --every.",
		);
		expect((await up({ stack: false }, { uninstall: true }).result).json).toEqual({ removed: "/u" });
	});
});
