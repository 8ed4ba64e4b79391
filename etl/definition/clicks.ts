import type { ClickType } from "../contract/pipeline/schema.ts";

/** Fields of a click with their types; undefined where the pipeline has no clicks. */
export type Clicks = Readonly<Record<string, ClickType>> | undefined;

/** Columns of the clicks in the data catalog; its JSON reader compares names without regard to case. */
export function clickColumns(clicks: Clicks): { name: string; type: string }[] {
	return Object.entries(clicks ?? {}).map(([name, type]) => ({ name: name.toLowerCase(), type: hiveType(type) }));
}

function hiveType(type: ClickType): string {
	if (typeof type === "string") return type.replaceAll(/\s/g, "");
	if (Array.isArray(type)) return `array<${type.map(hiveType).join("")}>`;
	return `struct<${Object.entries(type)
		.map(([name, inner]) => `${name.toLowerCase()}:${hiveType(inner)}`)
		.join(",")}>`;
}
