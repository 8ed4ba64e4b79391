import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { nodeFault } from "./nodeVersion.ts";
import { projectRoot } from "./projectRoot.ts";

it("refuses what package.json does not take", async () => {
	const text = await readFile(join(projectRoot, "package.json"), "utf8");
	expect(JSON.parse(text)).toMatchObject({ engines: { node: ">=20.19" } });
	expect(["20.19.0", "20.20.2", "22.0.0", "24.1.0"].map(nodeFault)).toEqual([
		undefined,
		undefined,
		undefined,
		undefined,
	]);
	expect(nodeFault("20.18.3")?.what).toBe("pipeline-cli needs Node.js 20.19 or newer; this is 20.18.3.");
	expect(nodeFault("18.20.0")?.fix).toContain("nvm install");
});
