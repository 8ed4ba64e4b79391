import { mkdir, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { exists, readIfThere, writeFileAtomic } from "../../../common/fs.ts";
import type { InstalledUnit } from "../../port.ts";

/** What a unit of systemd starts, and where. */
export interface UnitParts {
	/** Of the stack. */
	name: string;
	/** Absolute paths. */
	node: string;
	cli: string;
	project: string;
	args: readonly string[];
	/** Only what is not a secret: the file is readable by others. */
	env: Readonly<Record<string, string>>;
}

/**
 * A unit of the user's own service manager, systemd.service(5). It stays in the foreground, so that systemd sees it end; at a
 * stop it ends its own children in order, and what is left after two minutes is killed.
 */
export function unitText({ name, node, cli, project, args, env }: UnitParts): string {
	const variables = Object.entries(env).map(([key, value]) => `Environment=${quoted(`${key}=${value}`)}`);
	return [
		"[Unit]",
		`Description=Analytics pipeline, stack ${specifiers(name)}: source, replication and jobs`,
		"StartLimitIntervalSec=0",
		"",
		"[Service]",
		"Type=exec",
		// A path of its own; systemd takes no quotes around it.
		`WorkingDirectory=${specifiers(project)}`,
		...variables,
		`ExecStart=${[node, cli, ...args].map(word).join(" ")}`,
		"Restart=on-failure",
		"RestartSec=30",
		"KillMode=mixed",
		"TimeoutStopSec=120",
		"",
		"[Install]",
		"WantedBy=default.target",
		"",
	].join("\n");
}

/** A word of a command line: no variable, no specifier, no escape of it is replaced. */
function word(text: string): string {
	return quoted(text).replaceAll("$", "$$$$");
}

function quoted(text: string): string {
	return `"${specifiers(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function specifiers(text: string): string {
	return text.replaceAll("%", "%%");
}

export function unitName(stack: string): string {
	return `pipeline-${stack}.service`;
}

export function unitFile(stack: string): string {
	const config = process.env.XDG_CONFIG_HOME || join(homedir(), ".config");
	return join(config, "systemd", "user", unitName(stack));
}

export function isInstalled(stack: string): Promise<boolean> {
	return exists(unitFile(stack));
}

/** Whether this machine runs systemd: containers have its programs only. As sd_booted(3) finds it out. */
export function isBooted(): Promise<boolean> {
	return exists("/run/systemd/system");
}

/** Writes the unit. @param booted whether this machine runs systemd. */
export async function installUnit(parts: UnitParts, booted: boolean): Promise<InstalledUnit> {
	const path = unitFile(parts.name);
	const text = unitText(parts);
	const unit = { name: unitName(parts.name), path, text };
	if (!booted) return { ...unit, action: "no systemd" };
	if ((await readIfThere(path)) === text) return { ...unit, action: "unchanged" };
	await mkdir(dirname(path), { recursive: true });
	await writeFileAtomic(path, text);
	return { ...unit, action: "written" };
}

/** @returns the unit's file where there was one. */
export async function removeUnit(stack: string): Promise<string | undefined> {
	const path = unitFile(stack);
	if (!(await isInstalled(stack))) return undefined;
	await rm(path);
	return path;
}
