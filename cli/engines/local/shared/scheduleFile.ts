import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { exists, readIfThere, writeFileAtomic } from "../../../common/fs.ts";
import { type JsonKind, readJsonFileIfGood } from "../../../common/jsonFile.ts";
import {
	formatIdentity,
	isRunning,
	type ProcessIdentity,
	parseIdentity,
} from "../../../common/process/processIdentity.ts";
import type { ScheduleStatus } from "../../port.ts";
import { folderId } from "./folderId.ts";
import { withLockFile } from "./lockFile.ts";
import type { LocalPaths } from "./paths.ts";

const text = z.string();

const scheduleSchema = z.object({
	version: z.literal(1),
	/** Of the process that keeps it. */
	pid: z.number().int().positive(),
	/** Seconds of `--every`, where it was given. */
	everySeconds: z.number().positive().exactOptional(),
	text,
	nextRun: text.exactOptional(),
	last: z
		.object({
			at: text,
			outcome: text,
			fault: z
				.object({ what: text, why: text.optional(), fix: text.optional(), next: text.optional() })
				.exactOptional(),
		})
		.exactOptional(),
});

/** What whoever keeps the schedule shows of it. */
export type ScheduleFile = z.infer<typeof scheduleSchema>;

/** It is only for show: a damaged one is written again with the next run. */
const scheduleFileKind: JsonKind<ScheduleFile> = {
	name: "The state of the schedule",
	schema: scheduleSchema,
	version: 1,
	remedy: () => ({ fix: "Start everything again.", next: "pipeline-cli up" }),
};

export function scheduleFiles(paths: LocalPaths) {
	return {
		pid: join(paths.schedule, "pid"),
		/** Held while a scheduler is started, until it has begun. */
		starting: join(paths.schedule, "starting.lock"),
		/** Held while a process takes the schedule, or is started for it. */
		taking: join(paths.schedule, "taking.lock"),
		status: join(paths.schedule, "status.json"),
		/** Held while the status is read and written again. */
		writing: join(paths.schedule, "status.lock"),
		log: join(paths.logs, "schedule.log"),
	};
}

/** Notes the process that keeps the schedule of this folder. */
export function noteScheduleProcess(paths: LocalPaths, keeper: ProcessIdentity): Promise<void> {
	return writeFileAtomic(scheduleFiles(paths).pid, `${formatIdentity(keeper)}${folderId(paths.home)}\n`);
}

/** The process that keeps the schedule, where one does. A copy of a stack's folder has the note of the other's. */
export async function scheduleProcess(paths: LocalPaths): Promise<ProcessIdentity | undefined> {
	const text = (await readIfThere(scheduleFiles(paths).pid)) ?? "";
	const noted = parseIdentity(text);
	const [, home = ""] = text.split("\n");
	if (noted === undefined || !isRunning(noted)) return undefined;
	return home === "" || home === folderId(paths.home) ? noted : undefined;
}

export function readScheduleFile(paths: LocalPaths): Promise<ScheduleFile | undefined> {
	return readJsonFileIfGood(scheduleFiles(paths).status, scheduleFileKind);
}

export async function writeScheduleFile(paths: LocalPaths, file: ScheduleFile): Promise<void> {
	await mkdir(paths.schedule, { recursive: true });
	await writeFileAtomic(scheduleFiles(paths).status, `${JSON.stringify(file, null, 2)}\n`);
}

/** Changes the state as it is at that moment: another process may have written it. */
export function changeScheduleFile(
	paths: LocalPaths,
	signal: AbortSignal,
	change: (before: ScheduleFile | undefined) => ScheduleFile | undefined,
): Promise<void> {
	return withLockFile(
		scheduleFiles(paths).writing,
		signal,
		() => undefined,
		async () => {
			const after = change(await readScheduleFile(paths));
			if (after !== undefined) await writeScheduleFile(paths, after);
		},
	);
}

/** The schedule as others see it; the next run only where somebody will start it. */
export async function readSchedule(paths: LocalPaths): Promise<ScheduleStatus | undefined> {
	const file = await readScheduleFile(paths);
	if (file === undefined) return undefined;
	const running = (await scheduleProcess(paths))?.pid === file.pid;
	// Who ends in good order takes it away.
	const died = !running && (await exists(scheduleFiles(paths).pid));
	const { everySeconds, nextRun, last } = file;
	return {
		text: file.text,
		running,
		...(died && { died }),
		...(everySeconds !== undefined && { everySeconds }),
		...(running && nextRun !== undefined && { nextRun }),
		...(last !== undefined && { last }),
	};
}
