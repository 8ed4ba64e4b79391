import { type ConfigKey, configKeys, hint, keySchemas, type PipelineConfig } from "./config.ts";
import { type ConfigError, crossFieldRules } from "./crossFieldRules.ts";

/**
 * The stack's configuration from the values of its keys.
 *
 * @throws Error that names every wrong key with its value, the reason, and what to do about it.
 */
export function parseConfig(values: Readonly<Record<string, unknown>>): PipelineConfig {
	const wrong: ConfigError[] = [];
	const taken = configKeys.map((key) => {
		const { data, error } = keySchemas[key].safeParse(values[key]);
		for (const { message } of error?.issues ?? []) wrong.push({ key, reason: message, fix: hint(key) });
		return [key, data];
	});
	const config = Object.fromEntries(taken) as PipelineConfig;
	// Keys are checked against each other only where each is right by itself.
	const known = (key: ConfigKey): boolean => !wrong.some((error) => error.key === key);
	const applicable = crossFieldRules.filter(({ keys: compared }) => compared.every(known));
	const errors = [...wrong, ...applicable.flatMap((rule) => rule.errors(config))];
	if (errors.length === 0) return config;
	const lines = errors.map(({ key, reason, fix }) => `  ${key}: ${JSON.stringify(values[key])} ${reason}. ${fix}`);
	throw new Error(
		`The configuration of the stack has ${errors.length === 1 ? "an error" : `${errors.length} errors`}:\n${lines.join("\n")}`,
	);
}
