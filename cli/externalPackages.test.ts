import { expect, it } from "vitest";
import { externalPackages } from "./externalPackages.mjs";

it("a bundle's packages are named without their folders and without Node's own", () => {
	const imports = ["node:fs", "fs/promises", "tsx/esm/api", "@aws-sdk/client-s3", "mysql2/promise", "mysql2"].map(
		(path) => ({ path, kind: "import-statement" as const, external: true }),
	);
	const output = {
		bytes: 1,
		inputs: {},
		exports: [],
		imports: [...imports, { path: "chunks/a.js", kind: "import-statement" as const }],
	};
	expect(externalPackages({ inputs: {}, outputs: { "a.js": output } })).toEqual([
		"@aws-sdk/client-s3",
		"mysql2",
		"tsx",
	]);
});
