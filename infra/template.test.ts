import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { repositoryPath } from "./testing/stack.ts";

/** What git does not have, and this file. */
const left = new Set(["node_modules", "dist", ".git", ".pipeline", "artifacts", "template.test.ts"]);

function* files(folder: string): Generator<string> {
	for (const entry of readdirSync(folder, { withFileTypes: true })) {
		if (left.has(entry.name)) continue;
		const path = join(folder, entry.name);
		if (entry.isDirectory()) yield* files(path);
		else if (entry.isFile()) yield path;
	}
}

it("nothing in the repository is what `pulumi new` replaces", () => {
	// https://github.com/pulumi/pulumi/blob/master/sdk/go/common/workspace/templates.go
	const replaced = ["$" + "{PROJECT}", "$" + "{DESCRIPTION}"];
	const found = [...files(repositoryPath("."))].filter((path) => {
		const text = readFileSync(path, "utf8");
		return replaced.some((one) => text.includes(one));
	});
	expect(found).toEqual([]);
});

it("the stacks' files have keys of any project, and of its own provider", () => {
	for (const stack of ["dev", "prod"]) {
		const { config } = parse(readFileSync(repositoryPath(`Pulumi.${stack}.yaml`), "utf8")) as { config: object };
		for (const key of Object.keys(config)) expect(key).toMatch(/^[a-zA-Z]+$/);
	}
});

it("what `pulumi new` asks for has a description and a default", () => {
	const { template } = parse(readFileSync(repositoryPath("Pulumi.yaml"), "utf8")) as {
		template: { config: Record<string, { description?: string; default?: string }> };
	};
	expect(template.config).toEqual({ "aws:region": { description: expect.any(String), default: "us-west-2" } });
});
