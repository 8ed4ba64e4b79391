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
			what: "--install and --uninstall cannot be combined.",
			fix: "Use only one of them.",
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
		`Its log: journalctl --user -u ${unit.name}`,
	];
	return { json: { ...unit, next: commands }, text: text.join("\n") };
}

/** The unit starts the stack as it is; what else is asked for would be lost silently. */
function refuseOthers({ install, every, foreground, sourceUrl, sourceCa, schema, pipeline, port }: UnitOptions): void {
	if (install && foreground) {
		throw new PipelineError("usage", {
			what: "--install and --foreground cannot be combined.",
			why: "--install writes a unit that calls `up --foreground`, and starts nothing itself.",
			fix: "Use only one of them.",
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
		what: `${install ? "--install" : "--uninstall"} cannot be combined with ${given.join(", ")}.`,
		why: install
			? "The unit starts the stack with its current source and definition, and keeps only the option --every."
			: "It only removes the unit.",
		fix: install ? "Start the stack once with these options, then install the unit." : "Leave them out.",
		next: install ? "pipeline-cli up --help" : "pipeline-cli up --uninstall",
	});
}

function noStack(name: string): PipelineError {
	return new PipelineError("noSuchStack", {
		what: `The stack ${name} does not exist yet, so a unit would have nothing to start.`,
		fix: "Start the stack once with its source and definition, then install the unit.",
		next: "pipeline-cli up",
	});
}

function uninstalled(path: string | undefined): CommandResult {
	if (path === undefined) return { json: { removed: null }, text: "There is no unit to remove." };
	const name = path.split("/").at(-1) ?? path;
	const text = [
		`Removed ${path}. What the unit started keeps running. To stop it:`,
		`  systemctl --user disable --now ${name}; systemctl --user daemon-reload`,
	];
	return { json: { removed: path }, text: text.join("\n") };
}

function noSystemd(unit: InstalledUnit): PipelineError {
	const unindented = unit.text.trimEnd();
	return new PipelineError("failure", {
		what: "No unit was written, because this machine does not use systemd.",
		why: `/run/systemd/system does not exist. The unit would be ${unit.path}:\n${unindented}`,
		fix: "Configure your service manager to run its ExecStart line at boot and to restart it after failures.",
		next: "pipeline-cli up",
	});
}
