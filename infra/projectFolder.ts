import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";

/** A path of this program's folder, absolute. The bundle of the package lies in a folder infra, too. */
export const toolPath = (relative: string): string => fileURLToPath(new URL(`../${relative}`, import.meta.url));

/**
 * A path as the stack's configuration names it, absolute: from the project's folder, where Pulumi.yaml is. The engine tells that
 * one; the program itself runs in the folder of its entry.
 */
export function projectPath(relative: string): string {
	const project = pulumi.getRootDirectory();
	return resolve(isAbsolute(project) ? project : toolPath(""), relative);
}

/** Absolute folder of a definition. The sample shop comes with this program, and a project may have one in its place. */
export function definitionPath(folder: string): string {
	const ofTool = toolPath(folder);
	return existsSync(projectPath(folder)) || !existsSync(ofTool) ? projectPath(folder) : ofTool;
}

/** @throws pulumi.RunError that names the key; the engine shows its text alone. */
export function readProjectFile(key: string, file: string): string {
	try {
		return readFileSync(projectPath(file), "utf8");
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new pulumi.RunError(
			`${key}: ${JSON.stringify(file)} cannot be read (${reason}). Write the file's path from the project's folder: pulumi config set ${key} ` +
				"source-ca.pem",
		);
	}
}
