import { userInfo } from "node:os";
import chalk from "chalk";
import type { CommandResult } from "../../command.ts";
import { PipelineError } from "../../common/errors.ts";
import { shellWord } from "../../common/shellWord.ts";
import type { InstalledUnit, LocalHost } from "../../engines/port.ts";

/** `up --install` and `up --uninstall`: the unit is written here, and switched on by the user, who sees what that does. */
export async function changeUnit(
	host: LocalHost,
	options: { install: boolean; uninstall: boolean; every: number | undefined },
): Promise<CommandResult> {
	if (options.install && options.uninstall) {
		throw new PipelineError("usage", {
			what: "--install and --uninstall exclude each other.",
			fix: "Give one of them.",
			next: "pipeline-cli up --help",
		});
	}
	if (options.uninstall) return uninstalled(await host.removeUnit());
	const unit = await host.installUnit({ everySeconds: options.every });
	if (unit.action === "no systemd") throw noSystemd(unit);
	const commands = [
		"pipeline-cli down",
		"systemctl --user daemon-reload",
		`systemctl --user enable --now ${unit.name}`,
		`loginctl enable-linger ${shellWord(userInfo().username)}`,
	];
	const text = [
		`${unit.path}: ${unit.action}.`,
		"",
		chalk.bold("Next"),
		`  ${commands[0]}`,
		`  ${commands[1]}`,
		`  ${commands[2]}`,
		`  ${commands[3]}    # at boot instead of at login`,
		"",
		`Its messages: journalctl --user -u ${unit.name}`,
	];
	return { json: { ...unit, next: commands }, text: text.join("\n") };
}

function uninstalled(path: string | undefined): CommandResult {
	if (path === undefined) return { json: { removed: null }, text: "There is no unit to remove." };
	const name = path.split("/").at(-1) ?? path;
	const text = [
		`${path}: removed. What it started runs until it is stopped:`,
		`  systemctl --user disable --now ${name}; systemctl --user daemon-reload`,
	];
	return { json: { removed: path }, text: text.join("\n") };
}

function noSystemd(unit: InstalledUnit): PipelineError {
	const unindented = unit.text.trimEnd();
	return new PipelineError("failure", {
		what: "This machine has no systemd; no unit was written.",
		why: `There is no /run/systemd/system. The unit would be ${unit.path}:\n${unindented}`,
		fix: "Have your own service manager call its ExecStart line at boot, and restart it where it fails.",
		next: "pipeline-cli up",
	});
}
