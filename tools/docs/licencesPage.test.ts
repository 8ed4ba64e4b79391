import { expect, it } from "vitest";
import { npmParts, pythonParts } from "./licencesPage.ts";

it("has what npm installs for users, each version once", () => {
	const packages = {
		"": {},
		"node_modules/b": { version: "2.0.0", license: "MIT" },
		"node_modules/a/node_modules/@s/b": { version: "1.0.0", license: "ISC" },
		"node_modules/c/node_modules/b": { version: "2.0.0", license: "MIT" },
		"node_modules/tool": { version: "1.0.0", license: "MIT", dev: true },
		"node_modules/mute": { version: "1.0.0" },
	};
	expect(npmParts({ packages })).toEqual([
		{ name: "@s/b", version: "1.0.0", licence: "ISC" },
		{ name: "b", version: "2.0.0", licence: "MIT" },
		{ name: "mute", version: "1.0.0", licence: "not stated" },
	]);
});

it("refuses a Python package whose licence nobody has looked up", () => {
	const lock = "one==1.0 ; python_version < '3.14' \\\n    --hash=sha256:0\ntwo==2.0\n";
	expect(pythonParts(lock, { "one 1.0": "MIT", "two 2.0": "BSD" })).toHaveLength(2);
	expect(() => pythonParts(lock, { "one 1.0": "MIT", "two 1.9": "BSD" })).toThrow("lacks two 2.0");
});
