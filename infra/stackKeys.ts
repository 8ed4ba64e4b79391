import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { nearNames } from "../etl/contract/pipeline/nearNames.ts";
import { configKeys } from "./config.ts";
import { projectPath } from "./projectFolder.ts";

const known: readonly string[] = configKeys;

/**
 * A key that nothing reads is a slip of the pen, and what it was to change stays as it is. A project with a program of its own
 * declares its own keys in its `Pulumi.yaml`, as it may for Pulumi's sake.
 *
 * @param keys all of the stack's configuration, in full
 * @param own keys that the project's file declares
 * @throws Error that names every such key, and what to do about it.
 */
export function checkKeys(project: string, keys: readonly string[], own: readonly string[]): void {
	const lines = keys.flatMap((full) => {
		const [namespace = "", key = ""] = full.split(":", 2);
		if (namespace === project) return known.includes(key) || own.includes(key) ? [] : [unknownLine(key)];
		// Of a project that was renamed, or of another one whose file was copied.
		const isOurs = known.includes(key) && !/^(aws|aws-native|pulumi)$/.test(namespace);
		return isOurs ? [`${full}: belongs to another project and would have no effect. ${moved(full, key)}`] : [];
	});
	if (lines.length === 0) return;
	const count = lines.length === 1 ? "an unused key" : `${lines.length} unused keys`;
	throw new Error(`The configuration of the stack has ${count}:\n${lines.map((line) => `  ${line}`).join("\n")}`);
}

function unknownLine(key: string): string {
	const [near] = nearNames(key, known, 1);
	const meant = near === undefined ? "" : ` Did you mean ${near}?`;
	return `${key}: is not a key of the pipeline.${meant} Remove it: pulumi config rm ${key}. If your own program reads it, declare it under config in Pulumi.yaml instead`;
}

function moved(full: string, key: string): string {
	return `Set it: pulumi config set ${key} VALUE, and remove this: pulumi config rm ${full}`;
}

/** The keys that the `Pulumi.yaml` of the project declares. */
export function ownKeys(): string[] {
	const file = projectPath("Pulumi.yaml");
	if (!existsSync(file)) return [];
	const { config } = parse(readFileSync(file, "utf8")) as { config?: object };
	return Object.keys(config ?? {}).map((key) => key.split(":").at(-1) ?? key);
}

/**
 * Accounts are text: twelve digits, of which the first may be 0, which a number loses.
 *
 * @param settings of the provider, as the engine hands them over
 * @throws Error that names the setting, and what to do about it.
 */
export function checkAccounts(settings: Readonly<Record<string, string | undefined>>): void {
	for (const [key, text] of Object.entries(settings)) {
		if (text === undefined || isAccounts(text)) continue;
		throw new Error(
			`Settings of the AWS provider are not valid:\n  ${key}: ${text} is not a list of twelve-digit account numbers in quotes. ` +
				`Set it: pulumi config set --path '${key}[0]' 111122223333 --type string`,
		);
	}
}

function isAccounts(text: string): boolean {
	try {
		const accounts: unknown = JSON.parse(text);
		return (
			Array.isArray(accounts) &&
			accounts.length > 0 &&
			accounts.every((account) => typeof account === "string" && /^\d{12}$/.test(account))
		);
	} catch {
		return false;
	}
}

/**
 * DMS reads a secret of its own region only.
 *
 * @param secretArn `sourceSecretArn`, of the right form
 * @throws Error that names both regions, and what to do about it.
 */
export function checkSecretPlace(secretArn: string | undefined, region: string | undefined): void {
	const place = secretArn?.split(":")[3];
	if (place === undefined || region === undefined || place === region) return;
	throw new Error(
		`The configuration of the stack has an error:\n  sourceSecretArn: "${secretArn}" is in ${place}, but the stack is in ${region}. ` +
			`Replicate it with Secrets Manager: aws secretsmanager replicate-secret-to-regions --secret-id ${secretArn} --add-replica-regions ` +
			`Region=${region}, then use the replica's ARN`,
	);
}
