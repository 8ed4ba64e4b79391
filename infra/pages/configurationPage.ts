/**
 * The page of the configuration keys, made from the text of `Pulumi.yaml`: a section for each of its comments, a row for
 * each key. One key a block of lines, `name:` and then `type`, `default`, `description`, as that file is written.
 */
export function configurationPage(yaml: string): string {
	const lines = yaml.slice(yaml.indexOf("\nconfig:")).split("\n");
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
	let key: string | undefined;
	let type = "";
	let initial = "";
	for (const line of lines) {
		const [, section] = /^ {2}# (.+)$/.exec(line) ?? [];
		const [, name] = /^ {2}(\w+):$/.exec(line) ?? [];
		const [, field = "", value = ""] = /^ {4}(\w+): (.+)$/.exec(line) ?? [];
		if (section !== undefined)
			page.push("", `## ${section}`, "", "| key | type | default | what it does |", "|---|---|---|---|");
		if (name !== undefined) key = name;
		if (key === undefined) continue;
		if (field === "type") type = value === "array" ? "list" : value;
		if (field === "default") initial = value === '""' ? "" : `\`${value}\``;
		if (field === "description") page.push(`| \`${key}\` | ${type} | ${initial} | ${value} |`);
	}
	return `${page.join("\n")}\n`;
}
