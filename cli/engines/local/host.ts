import { join, resolve } from "node:path";
import { exists } from "../../common/fs.ts";
import { projectRoot, toolRoot } from "../../common/projectRoot.ts";
import { unknownStack } from "../../common/unknownStack.ts";
import type {
	Check,
	Context,
	DescribeOptions,
	ExternalOptions,
	ExternalServer,
	InstalledUnit,
	LocalHost,
	PrivateOptions,
	PrivateSource,
	ScheduleBoard,
	ScheduleOptions,
	SeedOptions,
	SeedResult,
	SetupResult,
	SourceDescription,
	Stack,
} from "../port.ts";
import { removeStack } from "./removeStack.ts";
import { type LocalPaths, localStacks, stackPaths, usualStack } from "./shared/paths.ts";
import { readSettings } from "./shared/settings.ts";

/** Makes, starts, fills, stops and removes the local stack. What each needs is loaded when it is called. */
export class LocalHostEngine implements LocalHost {
	readonly name: string;
	readonly #paths: LocalPaths;

	/** @param name of the stack. */
	constructor(name: string = usualStack) {
		this.name = name;
		this.#paths = stackPaths(name);
	}

	get home(): string {
		return this.#paths.home;
	}

	async stack(): Promise<Stack> {
		return new (await import("./stack.ts")).LocalStack(this.name);
	}

	stacks(): Promise<string[]> {
		return localStacks();
	}

	async requireStack(): Promise<void> {
		// Also what an interrupted removal has left is stopped, and removed.
		if (this.name === usualStack || (await exists(this.#paths.home))) return;
		throw unknownStack(this.name, await localStacks());
	}

	async setup(context: Context, options: { dev?: boolean } = {}): Promise<SetupResult> {
		return (await import("./setup/setup.ts")).setup(context, options, this.#paths);
	}

	async checks(): Promise<Check[]> {
		return (await import("./doctor/checks.ts")).localChecks(this.#paths);
	}

	async setupNotebook(context: Context): Promise<string> {
		return (await import("./setup/notebook.ts")).ensureNotebook(context, this.#paths);
	}

	async isSourceExternal(): Promise<boolean> {
		return (await readSettings(this.#paths))?.source.kind === "external";
	}

	async definitionFolder(): Promise<string | undefined> {
		return (await import("./shared/definition.ts")).definitionFolder(this.#paths);
	}

	async freeStack(pipeline: string): Promise<string> {
		return (await import("./shared/beside.ts")).freeStack(pipeline);
	}

	async chosenServer(url: string | undefined, caFile?: string): Promise<ExternalServer | undefined> {
		return (await import("./source/external.ts")).chosenServer(url, caFile, this.#paths);
	}

	async namedServer(url: string | undefined, command: string, caFile?: string): Promise<ExternalServer | undefined> {
		return (await import("./source/external.ts")).namedServer(url, caFile, command);
	}

	async describeServer(context: Context, options: DescribeOptions): Promise<SourceDescription> {
		return (await import("./source/describe.ts")).describeServer(context, options);
	}

	async startPrivateSource(context: Context, options: PrivateOptions = {}): Promise<PrivateSource> {
		return (await import("./source/up.ts")).startPrivateSource(context, options, this.#paths);
	}

	async useServer(context: Context, options: ExternalOptions): Promise<{ address: string; checks: Check[] }> {
		return (await import("./source/external.ts")).useExternalSource(context, options, this.#paths);
	}

	async stopSource(context: Context): Promise<"stopped" | "not running" | "not ours"> {
		return (await import("./source/up.ts")).stopSource(context, this.#paths);
	}

	async hasSamples(): Promise<boolean> {
		return (await import("./source/seed/seed.ts")).hasSamples(this.#paths);
	}

	async seed(context: Context, options: SeedOptions): Promise<SeedResult> {
		return (await import("./source/seed/seed.ts")).seedSource(context, options, this.#paths);
	}

	async requireSchedule(options: ScheduleOptions & { foreground: boolean }): Promise<void> {
		await (await import("./schedule/keeper.ts")).requireKeeping(this.#paths, options);
	}

	async startSchedule(
		context: Context,
		options: ScheduleOptions,
	): Promise<"started" | "restarted" | "already running"> {
		const { schedulerProgram, startSchedule } = await import("./schedule/schedule.ts");
		return startSchedule(context, options, [...schedulerProgram(), "--stack", this.name], this.#paths);
	}

	async stopSchedule(context: Context): Promise<"stopped" | "not running"> {
		return (await import("./schedule/schedule.ts")).stopSchedule(context, this.#paths);
	}

	async keepSchedule(
		options: ScheduleOptions,
		context: Context,
		work: (board: ScheduleBoard) => Promise<void>,
	): Promise<void> {
		return (await import("./schedule/schedule.ts")).keepSchedule(options, context, work, this.#paths);
	}

	async installUnit({ everySeconds }: ScheduleOptions): Promise<InstalledUnit> {
		const { installUnit, isBooted } = await import("./schedule/systemdUnit.ts");
		const every = everySeconds === undefined ? [] : ["--every", `${everySeconds}s`];
		const stack = this.name === usualStack ? [] : ["--stack", this.name];
		const home = process.env.PIPELINE_HOME;
		const parts = {
			name: this.name,
			node: process.execPath,
			cli: join(toolRoot, "dist", "pipeline-cli.js"),
			project: projectRoot,
			args: ["up", "--foreground", ...every, ...stack],
			env: home === undefined || home === "" ? {} : { PIPELINE_HOME: resolve(home) },
		};
		return installUnit(parts, await isBooted());
	}

	async removeUnit(): Promise<string | undefined> {
		return (await import("./schedule/systemdUnit.ts")).removeUnit(this.name);
	}

	async stopRun(context: Context): Promise<"stopped" | "not running"> {
		const { runningRun, stopRun } = await import("./jobs/runLock.ts");
		if ((await runningRun(this.#paths.runs)) === undefined) return "not running";
		return context.reporter.task("Stop the run of jobs", () => stopRun(this.#paths.runs));
	}

	async purge(): Promise<void> {
		const others = (await localStacks()).filter((name) => name !== this.name && name !== usualStack);
		await removeStack(this.#paths.home, this.name === usualStack ? others : []);
	}
}
