import { stringify } from "yaml";
import { z } from "zod";
import { pipelineFile } from "../../etl/contract/pipeline/schema.ts";

/** As far as a page shows it. */
interface Shape {
	description?: string;
	examples?: unknown[];
	properties?: Record<string, Shape>;
	required?: string[];
	additionalProperties?: Shape | boolean;
	items?: Shape;
	anyOf?: Shape[];
}

const shape: z.ZodType<Shape> = z.lazy(() =>
	z.object({
		description: z.string().exactOptional(),
		examples: z.array(z.unknown()).exactOptional(),
		properties: z.record(z.string(), shape).exactOptional(),
		required: z.array(z.string()).exactOptional(),
		additionalProperties: z.union([z.boolean(), shape]).exactOptional(),
		items: shape.exactOptional(),
		anyOf: z.array(shape).exactOptional(),
	}),
);

/** Every key of `pipeline.yaml` with what it is for and an example, a table for each mapping that has keys of its own. */
export function definitionReference(): string {
	const document = shape.parse(z.toJSONSchema(pipelineFile, { io: "input", target: "draft-2020-12" }));
	return sections(document, "").join("\n");
}

function sections(of: Shape, place: string): string[] {
	const entries = Object.entries(of.properties ?? {});
	const rows = entries.map(([name, entry]) => {
		const needed = of.required?.includes(name) === true ? " (needed)" : "";
		return `| \`${name}\`${needed} | ${cell(entry.description ?? "")} | ${cell(exampleOf(name, entry))} |`;
	});
	const head = [
		`### ${place === "" ? "The file" : `\`${place}\``}`,
		"",
		"| key | what it is for | example |",
		"|---|---|---|",
	];
	const inner = entries.flatMap(([name, entry]) => {
		const path = place === "" ? name : `${place}.${name}`;
		return nested(entry, path).flatMap(([inside, at]) => ["", ...sections(inside, at)]);
	});
	return [...head, ...rows, ...inner];
}

/** Mappings with keys of their own within a value: in a list, below a name, or in one of several spellings. */
function nested(of: Shape, place: string): [Shape, string][] {
	const choices = (of.anyOf ?? []).flatMap((choice) => nested(choice, place));
	const below = typeof of.additionalProperties === "object" ? nested(of.additionalProperties, `${place}.<name>`) : [];
	const items = of.items === undefined ? [] : nested(of.items, `${place}[]`);
	return [
		...(of.properties === undefined ? [] : [[of, place] satisfies [Shape, string]]),
		...choices,
		...below,
		...items,
	];
}

function exampleOf(name: string, { examples = [] }: Shape): string {
	return examples.map((example) => `\`${flow({ [name]: example })}\``).join("<br>");
}

/** In one line, as one writes it in YAML. */
function flow(entry: Record<string, unknown>): string {
	return Object.entries(entry)
		.map(([name, value]) => `${name}: ${stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trim()}`)
		.join("");
}

function cell(text: string): string {
	return text.replaceAll("|", "\\|");
}
