import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { ConfigKey, PipelineConfig } from "../config.ts";
import { declaredKeys } from "../declaredKeys.ts";
import { parseConfig } from "../parseConfig.ts";

const root = new URL("../../", import.meta.url);

/** What the engine would make of `Pulumi.yaml` and a stack's file: values by key. */
export function stackValues(stack: string): Record<string, unknown> {
	const file = parse(readFileSync(new URL(`Pulumi.${stack}.yaml`, root), "utf8")) as {
		config: Record<string, unknown>;
	};
	return Object.fromEntries(
		Object.entries(declaredKeys()).map(([key, declared]) => [key, file.config[key] ?? declared.default]),
	);
}

/** The same, some values changed, as the engine hands it to the program: text, JSON except for strings. */
export function engineConfig(
	stack: string,
	region: string,
	changes: Partial<Record<ConfigKey, unknown>> = {},
	project = "analytics-pipeline",
): Record<string, string> {
	const values = Object.entries({ ...stackValues(stack), ...changes }).map(([key, value]): [string, string] => [
		`${project}:${key}`,
		typeof value === "string" ? value : JSON.stringify(value),
	]);
	return { "aws:region": region, ...Object.fromEntries(values) };
}

/** The checked configuration of dev with some values changed. */
export function configWith(changes: Partial<Record<ConfigKey, unknown>>): PipelineConfig {
	return parseConfig({ ...stackValues("dev"), ...changes });
}

/** A path of the repository, absolute. */
export function repositoryPath(relative: string): string {
	return fileURLToPath(new URL(relative, root));
}
