import type { DatasetsDocument, ModelDefinition } from "../contract/datasets.ts";
import type { ClickType } from "../contract/pipeline/schema.ts";
import type { Definition } from "../definition/definition.ts";

/** What the jobs get of the definition: the file at `--datasets_uri`. */
export function jobsDocument(
	{ datasets, made }: Pick<Definition, "datasets" | "made">,
	models: readonly ModelDefinition[],
	clicks?: Readonly<Record<string, ClickType>>,
): DatasetsDocument {
	const folders = made.map(({ schema }) => schema);
	return {
		datasets: [...datasets, ...made],
		made: folders,
		models,
		...(clicks === undefined ? {} : { clicks: sparkType(clicks) }),
	};
}

/** Type of a click, or of a field of it, in Spark's notation. */
function sparkType(type: ClickType | Readonly<Record<string, ClickType>>): string {
	if (typeof type === "string") return type.replaceAll(/\s/g, "");
	if (Array.isArray(type)) return `array<${type.map(sparkType).join("")}>`;
	const fields = Object.entries(type).map(([name, inner]) => `\`${name.replaceAll("`", "``")}\`:${sparkType(inner)}`);
	return `struct<${fields.join(",")}>`;
}
