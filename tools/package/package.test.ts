import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { packageManifest } from "./manifest.ts";
import { runs } from "./parts.ts";

const root = {
	name: "analytics-pipeline",
	version: "1.2.3",
	description: "What it is",
	license: "Apache-2.0",
	engines: { node: ">=20.19" },
	dependencies: { zod: "4.6.7", "@pulumi/pulumi": "3.248.0", unused: "1.0.0" },
};

it("the package needs what its programs import, and Pulumi's packages as peers", () => {
	const manifest = packageManifest(root, ["@pulumi/pulumi", "zod"]);
	expect(manifest).toMatchObject({
		version: "1.2.3",
		bin: { "pipeline-cli": "dist/pipeline-cli.js" },
		dependencies: { zod: "4.6.7" },
		peerDependencies: { "@pulumi/pulumi": "^3.248.0" },
	});
	expect(manifest).not.toHaveProperty("scripts");
	expect(JSON.stringify(manifest)).not.toContain("unused");
});

it("what is bundled into the page is a dependency: it is shipped, so that lists of parts, licences and audits have it", async () => {
	const page = join(projectRoot, "cli", "dashboard", "page");
	const files = (await readdir(page, { recursive: true })).filter((name) => /(?<!\.test)\.ts$/.test(name));
	const texts = await Promise.all(files.map((name) => readFile(join(page, name), "utf8")));
	const imported = texts.flatMap((text) =>
		[...text.matchAll(/(?:from|import) "([^.][^/"]*)/g)].map(([, name]) => name),
	);
	const { dependencies } = JSON.parse(await readFile(join(projectRoot, "package.json"), "utf8"));
	expect(imported).toContain("echarts");
	expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(imported));
});

it("a package that the programs import and the repository does not declare is refused", () => {
	expect(() => packageManifest(root, ["chalk"])).toThrow("imports chalk, which is not among the dependencies");
});

it.each([
	["etl/lakehouse/names.py", true],
	["etl/contract/contract.json", true],
	["etl/contract/names.ts", false],
	["etl/contract/fixtures/names.json", false],
	["etl/tests/raw/test_files.py", false],
	["etl/lakehouse/__pycache__/names.pyc", false],
	["pipelines/shop/seed/schemas.ts", true],
	["pipelines/shop/seed/schemas.test.ts", false],
	["pipelines/shop/tests/test_star.py", false],
	["docs/aws.md", true],
])("%s is in the package: %s", (path, isThere) => {
	expect(runs(path.split("/"))).toBe(isThere);
});
