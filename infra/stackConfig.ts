import * as pulumi from "@pulumi/pulumi";
import { readCertificate } from "./certificateFile.ts";
import { configKeys, type PipelineConfig } from "./config.ts";
import { declaredKeys } from "./declaredKeys.ts";
import { parseConfig } from "./parseConfig.ts";
import { refusePlaceholders } from "./placeholders.ts";
import { checkAccounts, checkKeys, checkSecretPlace, ownKeys } from "./stackKeys.ts";

/**
 * The selected stack's configuration. Types and defaults are those of this program's `Pulumi.yaml`. The engine applies them where
 * that is the project's; a project that has this program as a package has a `Pulumi.yaml` of its own, which need not repeat them.
 *
 * @throws pulumi.RunError that names a wrong name of the stack, or every wrong key; the engine shows its text alone.
 */
export function readConfig(): PipelineConfig {
	const config = new pulumi.Config();
	const declared = declaredKeys();
	const values = Object.fromEntries(
		configKeys.map((key) => {
			const text = config.get(key);
			const { type, default: initial } = declared[key] ?? {};
			return [key, (type === "string" ? text : parsed(text)) ?? initial];
		}),
	);
	try {
		checkNames(pulumi.getProject(), pulumi.getStack());
		const all = pulumi.runtime.allConfig();
		checkProviderSettings(Object.keys(all));
		checkAccounts(Object.fromEntries(accountKeys.map((key) => [key, all[key]])));
		checkKeys(pulumi.getProject(), Object.keys(all), ownKeys());
		const pipeline = parseConfig(values);
		refusePlaceholders(pipeline);
		checkSecretPlace(pipeline.sourceSecretArn, all["aws:region"]);
		// A file that does not do ends the program before its first resource.
		if (pipeline.sourceCaCertificateFile !== undefined) readCertificate(pipeline.sourceCaCertificateFile);
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

/** Roles have 64 characters, of which Pulumi takes 8 and `-replication-target-role` 24. */
const longestPrefix = 32;
const nameInAws = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * Project and stack become the beginning of names on AWS, of which many have lower case letters, digits and single dashes only.
 *
 * @throws Error that says what is wrong with which of them, and what to do about it.
 */
export function checkNames(project: string, stack: string): void {
	const [reason, fix] = wrongName(project, stack);
	if (reason !== undefined) throw new Error(`The names of project and stack are not valid:\n  ${reason}. ${fix}`);
}

function wrongName(project: string, stack: string): [reason?: string, fix?: string] {
	const form = "must contain only lower case letters, digits and single dashes between them, starting with a letter";
	const renameProject = `Change name in Pulumi.yaml. If the project already has stacks: pulumi stack rename OWNER/NAME/${stack}`;
	if (!nameInAws.test(project)) return [`project: ${JSON.stringify(project)} ${form}`, renameProject];
	if (!nameInAws.test(stack)) return [`stack: ${JSON.stringify(stack)} ${form}`, "Rename it: pulumi stack rename dev"];
	const longest = longestPrefix - project.length - 1;
	if (stack.length <= longest) return [];
	if (longest < 3) {
		const most = longestPrefix - 4;
		return [`project: ${JSON.stringify(project)} is longer than ${most} characters`, renameProject];
	}
	return [`stack: ${JSON.stringify(stack)} is longer than ${longest} characters`, "Rename it: pulumi stack rename dev"];
}

/** Providers' settings that the program passes to its own providers. */
const accountKeys = ["aws:allowedAccountIds", "aws:forbiddenAccountIds"];
const allowedProviderKeys = ["aws:region", "aws:profile", ...accountKeys];

/**
 * The program makes its own providers, so that any other setting would do nothing.
 *
 * @param keys all keys of the stack's configuration, in full
 * @throws Error that names every such setting, and what to do about it.
 */
export function checkProviderSettings(keys: readonly string[]): void {
	const unknown = keys.filter((key) => /^aws(-native)?:/.test(key) && !allowedProviderKeys.includes(key)).sort();
	if (unknown.length === 0) return;
	const lines = unknown.map(
		(key) =>
			`  ${key}: is not one of ${allowedProviderKeys.join(", ")}, and would have no effect. Remove it: pulumi config rm ${key}`,
	);
	throw new Error(`Settings of the AWS provider are not valid:\n${lines.join("\n")}`);
}
