import { expect, it } from "vitest";
import { ofNpm, ofPip } from "./verdict.mjs";

const said = (value: unknown, stderr = "") => ({
	status: 0,
	stdout: typeof value === "string" ? value : JSON.stringify(value),
	stderr,
});

it("names each vulnerability of npm's once, where it is, and not what only depends on it", () => {
	const via = [{ title: "Prototype pollution", url: "https://example.com/1" }];
	const vulnerabilities = {
		one: { name: "one", severity: "high", via },
		above: { name: "above", severity: "high", via: ["one"] },
	};
	expect(ofNpm(said({ vulnerabilities }))).toEqual({
		state: "vulnerable",
		found: ["one: high: Prototype pollution (https://example.com/1)"],
	});
	expect(ofNpm(said({ vulnerabilities: {} }))).toEqual({ state: "nothing known" });
});

it("names each vulnerability of PyPI's, with the version that has none", () => {
	const dependencies = [
		{ name: "one", version: "1.0", vulns: [{ id: "PYSEC-1", fix_versions: ["1.1"] }, { id: "PYSEC-2" }] },
		{ name: "two", version: "2.0", vulns: [] },
	];
	expect(ofPip(said({ dependencies }))).toEqual({
		state: "vulnerable",
		found: ["one 1.0: PYSEC-1, fixed in 1.1", "one 1.0: PYSEC-2, fixed in no version"],
	});
	expect(ofPip(said({ dependencies: dependencies.slice(1) }))).toEqual({ state: "nothing known" });
});

it.each([
	["a registry that has no such answer", ofNpm(said({ message: "405 Method Not Allowed" })), "405 Method Not Allowed"],
	["no network, of npm", ofNpm(said("", "npm error\nnpm error ENOTFOUND")), "npm error ENOTFOUND"],
	["no network, of pip-audit", ofPip(said("", "ConnectionError: no route")), "ConnectionError: no route"],
	["silence", ofPip(said("")), "no answer"],
	[
		"packages that PyPI does not know",
		ofPip(
			said({
				dependencies: [
					{ name: "a", skip_reason: "not found on PyPI" },
					{ name: "b", vulns: [] },
				],
			}),
		),
		"1 of 2 packages: not found on PyPI",
	],
])("takes %s for no audit", (_, verdict, why) => {
	expect(verdict).toEqual({ state: "not audited", why });
});
