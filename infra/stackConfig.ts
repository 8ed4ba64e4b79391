import * as pulumi from "@pulumi/pulumi";
import { checkProviderSettings, checkStackName, configKeys, type PipelineConfig, parseConfig } from "./config.ts";
import { refusePlaceholders } from "./placeholders.ts";

/**
 * The selected stack's configuration. Types and defaults are those of `Pulumi.yaml`, which the engine applies.
 *
 * @throws pulumi.RunError that tells a wrong name of the stack, or names every wrong key; the engine shows its text alone.
 */
export function readConfig(): PipelineConfig {
	const config = new pulumi.Config();
	const values = Object.fromEntries(configKeys.map((key) => [key, parsed(config.get(key))]));
	try {
		checkStackName(pulumi.getStack());
		checkProviderSettings(Object.keys(pulumi.runtime.allConfig()));
		const pipeline = parseConfig(values);
		refusePlaceholders(pipeline);
		return pipeline;
	} catch (error) {
		throw new pulumi.RunError(error instanceof Error ? error.message : String(error));
	}
}

/** The engine hands every value over as text: JSON, except for strings. */
function parsed(value: string | undefined): unknown {
	if (value === undefined) return undefined;
	if (!/^(true|false|-?\d+|\[.*\]|\{.*\})$/s.test(value)) return value;
	try {
		return JSON.parse(value);
	} catch {
		// Text that only looks like a list; the check of its key then names it.
		return value;
	}
}
