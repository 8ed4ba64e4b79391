import { userInfo } from "node:os";
import chalk from "chalk";
import type { CommandResult } from "../../command.ts";
import { PipelineError } from "../../common/errors.ts";
import { shellWord } from "../../common/shellWord.ts";
import type { InstalledUnit, LocalHost } from "../../engines/port.ts";
import type { SourceChoice } from "../shared/startSource.ts";

export interface UnitOptions extends SourceChoice {
	install: boolean;
	uninstall: boolean;
	foreground: boolean;
	every: number | undefined;
}

/** `up --install` and `up --uninstall`: the unit is written here, and switched on by the user, who sees what that does. */
export async function changeUnit(host: LocalHost, options: UnitOptions): Promise<CommandResult> {
	if (options.install && options.uninstall) {
		throw new PipelineError("usage", {
			what: "--install and --uninstall exclude each other.",
			fix: "Give one of them.",
			next: "pipeline-cli up --help",
		});
	}
	refuseOthers(options);
	if (options.uninstall) return uninstalled(await host.removeUnit());
	if ((await host.definitionFolder()) === undefined) throw noStack(host.name);
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

/** The unit starts the stack as it is; what else is asked for would be lost silently. */
function refuseOthers({ install, every, foreground, sourceUrl, sourceCa, schema, pipeline, port }: UnitOptions): void {
	if (install && foreground) {
		throw new PipelineError("usage", {
			what: "--install and --foreground exclude each other.",
			why: "The unit itself calls `up --foreground`; --install writes it, and starts nothing.",
			fix: "Give one of them.",
			next: "pipeline-cli up --help",
		});
	}
	const given = Object.entries({
		"--foreground": foreground || undefined,
		"--source-url": sourceUrl,
		"--source-ca": sourceCa,
		"--schema": schema,
		"--pipeline": pipeline,
		"--port": port,
		...(install ? {} : { "--every": every }),
	}).flatMap(([name, value]) => (value === undefined ? [] : [name]));
	if (given.length === 0) return;
	throw new PipelineError("usage", {
		what: `${install ? "--install" : "--uninstall"} does not take ${given.join(", ")}.`,
		why: install
			? "The unit starts the stack with the source and the definition that it has; of the options it keeps --every."
			: "It removes the unit, and nothing else.",
		fix: install ? "Start the stack with them once, then install the unit." : "Leave them out.",
		next: install ? "pipeline-cli up --help" : "pipeline-cli up --uninstall",
	});
}

function noStack(name: string): PipelineError {
	return new PipelineError("noSuchStack", {
		what: `There is no stack ${name} yet, so that a unit has nothing to start at boot.`,
		fix: "Start the stack once, with its source and definition, then install the unit.",
		next: "pipeline-cli up",
	});
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
