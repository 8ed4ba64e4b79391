import { isMap, isScalar, parseDocument } from "yaml";
import { z } from "zod";

const declared = z.object({ type: z.string(), default: z.unknown(), description: z.string() });

/**
 * The page of the configuration keys, made from the text of `Pulumi.yaml`: a section for each comment between the keys, a
 * row for each key. Keys of providers are left out.
 */
export function configurationPage(yaml: string): string {
	const keys = parseDocument(yaml).get("config");
	if (!isMap(keys)) throw new Error("Pulumi.yaml has no config");
	const page = [
		"<!-- Generated from Pulumi.yaml: edit that, then run `npm run docs`. -->",
		"# Configuration",
		"",
		"The keys of a stack on AWS. To set a key, use `pulumi config set <key> <value>`; for a list,",
		"`pulumi config set --path '<key>[0]' <value>`. `Pulumi.dev.yaml` and `Pulumi.prod.yaml` are complete examples.",
		"`pulumi preview` reports all invalid values and combinations together, before anything is created.",
		"The name of a stack may have up to 13 lower-case letters, digits and single dashes.",
		"The region is `aws:region`. Of the provider's other settings, `aws:profile`, `aws:allowedAccountIds` and `aws:forbiddenAccountIds` are",
		"supported.",
	];
	for (const { key, value } of keys.items) {
		if (!isScalar(key) || !isMap(value) || String(key.value).includes(":")) continue;
		const section = key.commentBefore?.trim();
		if (section) page.push("", `## ${section}`, "", "| key | type | default | what it does |", "|---|---|---|---|");
		const { type, default: initial, description } = declared.parse(value.toJSON());
		page.push(`| \`${key.value}\` | ${type === "array" ? "list" : type} | ${shown(initial)} | ${description} |`);
	}
	return `${page.join("\n")}\n`;
}

function shown(initial: unknown): string {
	if (initial === "") return "";
	return `\`${typeof initial === "string" ? initial : JSON.stringify(initial)}\``;
}
