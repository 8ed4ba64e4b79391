import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { it } from "../../../../tests/support/fixtures.ts";
import type { ScheduledEnd } from "../../port.ts";
import { keepSchedule } from "../schedule/schedule.ts";
import { forgetValues } from "./forget.ts";
import { localPaths } from "./paths.ts";
import { readSchedule, scheduleFiles } from "./scheduleFile.ts";

const last: ScheduledEnd = { at: "2026-11-28T10:00:00Z", outcome: "failure", fault: { what: "no", why: "secret" } };

it("leaves nothing that the schedule quoted, nor has a schedule that continues remember it", async ({
	folder,
	context,
}) => {
	const paths = localPaths(folder);
	const { log, status } = scheduleFiles(paths);
	await mkdir(paths.logs);
	for (const path of [log, `${log}.1`, `${log}.4`]) await writeFile(path, "secret\n");
	await writeFile(join(paths.logs, "setup.log"), "kept\n");
	await keepSchedule(
		{},
		context,
		async (board) => {
			await board.show({ text: "every hour", last });
			expect((await readSchedule(paths))?.last).toEqual(last);
			await forgetValues(paths, context.signal);
			expect(await readdir(paths.logs)).toEqual(["setup.log"]);
			expect(await readFile(status, "utf8")).not.toContain("secret");
			await board.show({ nextRun: "2026-11-28T11:00:00Z" });
			expect(await readSchedule(paths)).toEqual({
				text: "every hour",
				running: true,
				nextRun: "2026-11-28T11:00:00Z",
			});
		},
		paths,
	);
});

it("removes what a killed query has spilled, and leaves it to one that runs", async ({ folder, context }) => {
	const paths = localPaths(folder);
	const running = `.duckdb-p${process.pid}-1`;
	// No process id is as large; without any they are of an earlier version.
	for (const name of [running, ".duckdb-p999999999-1", ".duckdb-8f1c", "lake"]) await mkdir(join(folder, name));
	await forgetValues(paths, context.signal);
	expect((await readdir(folder)).sort()).toEqual([running, "lake", "schedule"]);
});
