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
		"Keys of a stack on AWS. Set one by `pulumi config set <key> <value>`; a list by",
		"`pulumi config set --path '<key>[0]' <value>`. `Pulumi.dev.yaml` and `Pulumi.prod.yaml` show two whole stacks.",
		"`pulumi preview` reports all values that are wrong, or do not fit each other, in one go, before anything is created.",
		"A stack's name has up to 13 lower case letters, digits and single dashes.",
		"The region is `aws:region`; of the provider's other settings `aws:profile`, `aws:allowedAccountIds` and `aws:forbiddenAccountIds` are taken.",
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
