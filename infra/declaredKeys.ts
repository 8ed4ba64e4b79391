import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { toolPath } from "./projectFolder.ts";

/** A key as `Pulumi.yaml` declares it. */
export interface DeclaredKey {
	type: string;
	items?: { type: string };
	default: unknown;
	description: string;
}

/** The keys that the `Pulumi.yaml` of this program declares, without those of providers. */
export function declaredKeys(): Record<string, DeclaredKey> {
	const { config } = parse(readFileSync(toolPath("Pulumi.yaml"), "utf8")) as {
		config: Record<string, DeclaredKey>;
	};
	return Object.fromEntries(Object.entries(config).filter(([key]) => !key.includes(":")));
}
