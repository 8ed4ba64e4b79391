import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { it } from "../../../../tests/support/fixtures.ts";
import { formatIdentity, identify, isAlive } from "../../../common/process/processIdentity.ts";
import { type LocalPaths, localPaths } from "../shared/paths.ts";
import { scheduleFiles, scheduleProcess, writeScheduleFile } from "../shared/scheduleFile.ts";
import { requireKeeping } from "./keeper.ts";
import { keepSchedule, startSchedule, stopSchedule } from "./schedule.ts";

/** A process that waits, with something in its command line. */
const withKeeper = it.extend("keep", async ({ folder: _ }, { onCleanup }) => {
	const started: ChildProcess[] = [];
	onCleanup(() => {
		for (const child of started) child.kill("SIGKILL");
	});
	return async (paths: LocalPaths, commandLine: string): Promise<ChildProcess> => {
		const child = spawn("sh", ["-c", "read line", ...commandLine.split(" ")]);
		started.push(child);
		await mkdir(paths.schedule, { recursive: true });
		await writeFile(scheduleFiles(paths).pid, formatIdentity(identify(child.pid)));
		await writeScheduleFile(paths, { version: 1, pid: child.pid ?? 0, everySeconds: 60, text: "every minute" });
		return child;
	};
});

const program = ["-e", "process.exitCode = 7", "--"];

withKeeper.for(["dist/pipeline-cli.js up --foreground", "dist/pipeline-cli.js run-etl --every 1m", "scheduler.js"])(
	"leaves the schedule to `%s`, and says what to do",
	async (commandLine, { keep, folder, context }) => {
		const paths = localPaths(folder);
		const keeper = await keep(paths, commandLine);
		for (const everySeconds of [undefined, 60]) {
			expect(await startSchedule(context, { everySeconds }, program, paths)).toBe("already running");
		}
		const refused = { outcome: "serviceRefused", text: { next: "pipeline-cli status" } };
		await expect(startSchedule(context, { everySeconds: 5 }, program, paths)).rejects.toMatchObject(refused);
		await expect(requireKeeping(paths, { everySeconds: 5, foreground: false })).rejects.toThrow(
			"Another command runs the schedule, every minute; its interval was not changed.",
		);
		await expect(keepSchedule({}, context, async () => undefined, paths)).rejects.toMatchObject(refused);
		expect(isAlive(keeper.pid ?? 0)).toBe(true);
	},
);

withKeeper("starts the scheduler again at another time", async ({ keep, folder, context }) => {
	const paths = localPaths(folder);
	const keeper = await keep(paths, join("dist", "scheduler.js"));
	await requireKeeping(paths, { everySeconds: 5, foreground: false });
	const refused = { text: { what: "The schedule is already running.", next: "pipeline-cli down" } };
	await expect(requireKeeping(paths, { foreground: true })).rejects.toMatchObject(refused);
	// The program that takes its place here ends silently.
	await expect(startSchedule(context, { everySeconds: 5 }, program, paths)).rejects.toThrow("exit code 7");
	expect(isAlive(keeper.pid ?? 0)).toBe(false);
});

withKeeper("is started once by two that start it together, which both succeed", async ({ folder, context }) => {
	const paths = localPaths(folder);
	const { status } = scheduleFiles(paths);
	// The scheduler's part: it takes a while until it says at which time it runs.
	const script = `setTimeout(() => require("node:fs").writeFileSync(process.argv[1], JSON.stringify({
		version: 1, pid: process.pid, everySeconds: 3600, text: "every hour" })), 500); setInterval(() => {}, 1000)`;
	const slow = ["-e", script, "--", status, join("dist", "scheduler.js")];
	const start = () => startSchedule(context, { everySeconds: 3600 }, slow, paths);
	try {
		const first = start();
		await expect.poll(() => scheduleProcess(paths)).toBeDefined();
		expect(await Promise.all([first, start(), start()])).toEqual(["started", "already running", "already running"]);
		expect(await scheduleProcess(paths)).toBeDefined();
	} finally {
		await stopSchedule(context, paths);
	}
});
