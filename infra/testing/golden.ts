import type { Program, Registered } from "./program.ts";

/**
 * A program as text that a person can review: one block a resource, in order of name, JSON documents opened up, names
 * shortened by the pipeline's own. What a change of the program changes on AWS is then seen in the diff.
 */
export function golden(program: Program, name: string): string {
	const short = (text: string): string => text.replaceAll(`${name}-`, "~");
	const blocks = program.resources
		.filter((resource) => !resource.type.startsWith("pulumi:providers:"))
		.map((resource) => short(block(resource)));
	return `# ${program.resources.length} resources; "~" stands for "${name}-"\n\n${blocks.join("\n\n")}\n`;
}

function block(resource: Registered): string {
	const lines = [`${resource.name} ${resource.type}`];
	if (resource.parent !== "") lines.push(`  in ${resource.parent}`);
	if (resource.dependencies.length > 0) lines.push(`  after ${resource.dependencies.join(", ")}`);
	if (resource.options.length > 0) lines.push(`  options: ${resource.options.join("; ")}`);
	const secrets = new Set(resource.secrets);
	for (const key of Object.keys(resource.inputs).sort()) {
		lines.push(...property(key, secrets.has(key) ? "(secret)" : opened(resource.inputs[key]), 1));
	}
	return lines.join("\n");
}

/** Text that holds a JSON document, as the document. */
function opened(value: unknown): unknown {
	if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
	try {
		return JSON.parse(value);
	} catch {
		return value;
	}
}

/** Small values on one line, larger ones by key. */
function property(key: string, value: unknown, depth: number): string[] {
	const indent = "  ".repeat(depth);
	const line = `${indent}${key}: ${inline(value)}`;
	if (line.length <= 200 || typeof value !== "object" || value === null) return [line];
	if (Array.isArray(value)) {
		return [`${indent}${key}:`, ...value.flatMap((item) => property("-", item, depth + 1))];
	}
	return [`${indent}${key}:`, ...Object.entries(value).flatMap(([name, item]) => property(name, item, depth + 1))];
}

/** What has its own file and its own tests is left out here: text of several lines, and hashes of content. */
function inline(value: unknown): string {
	if (typeof value === "string") {
		return value.includes("\n") ? "(text)" : value.replaceAll(/\b[0-9a-f]{16}\b/g, "(hash)");
	}
	if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
	if (typeof value !== "object" || value === null) return String(value);
	const entries = Object.entries(value).map(([key, item]) => `${key}: ${inline(item)}`);
	return `{ ${entries.join(", ")} }`;
}
