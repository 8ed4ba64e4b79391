import { access } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../port.ts";
import { ChildFailure, runChild } from "./child.ts";
import { setupError } from "./diagnosis.ts";

const apt = "/usr/bin/apt-get";

/** Whether this is Debian, Ubuntu or one of their kin. */
export async function hasApt(): Promise<boolean> {
	try {
		await access(apt);
		return true;
	} catch {
		return false;
	}
}

/** Whether packages can be installed without asking for a password. */
export async function canInstall(): Promise<boolean> {
	return process.getuid?.() === 0 && (await hasApt());
}

/**
 * Installs packages with apt. Ctrl-C ends it where that leaves nothing half-done, and what was left so is finished first.
 * @param name of the software, for the title, the message and the logs.
 * @param packages asked for when the lists of packages are fresh.
 * @throws PipelineError with apt's last lines.
 */
export async function aptInstall(
	context: Context,
	name: string,
	packages: () => Promise<readonly string[]>,
	logs: string,
): Promise<void> {
	await context.reporter.task(`Install ${name} with apt`, async (update) => {
		const step = (title: string, command: string, args: readonly string[]): Promise<void> =>
			runChild(command, args, {
				log: join(logs, `setup-apt-${title}.log`),
				signal: context.signal,
				env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
				stop: "gently",
				onLine: update,
			});
		try {
			await step("update", apt, ["update"]).catch((error: unknown) => {
				// One repository that is gone must not be in the way of what the others have.
				if (!(error instanceof ChildFailure)) throw error;
			});
			await step("configure", "dpkg", ["--configure", "-a"]);
			const options = ["-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"];
			await step("install", apt, ["install", ...options, ...(await packages())]);
		} catch (error) {
			throw context.signal.aborted ? error : setupError(`${name} could not be installed.`, error);
		}
		update("");
	});
}
