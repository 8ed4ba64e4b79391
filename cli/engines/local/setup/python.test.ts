import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../../common/projectRoot.ts";
import { supportedVersions } from "./interpreter.ts";
import { lockEntry, pipProgress } from "./python.ts";

describe("pipProgress", () => {
	it.each([
		["Collecting pysail==0.7.2 (from -r requirements.lock (line 314))", "pysail"],
		["  Downloading pysail-0.7.2-cp38-abi3-manylinux_2_17_x86_64.whl (63.1 MB)", "downloading pysail-0.7.2 (63.1 MB)"],
		["  Downloading pyspark-3.5.6.tar.gz (317.4 MB)", "downloading pyspark-3.5.6 (317.4 MB)"],
		["Building wheels for collected packages: pyspark", "building pyspark"],
		["Installing collected packages: pytz, py4j", "installing"],
	])("%s", (line, progress) => {
		expect(pipProgress(line)).toBe(progress);
	});

	it("has nothing to say of other lines", () => {
		expect(pipProgress("  Preparing metadata (setup.py): finished with status 'done'")).toBeUndefined();
	});
});

describe.each(["requirements.lock", "requirements-dev.lock"])("%s", async (name) => {
	const text = await readFile(join(projectRoot, "etl", name), "utf8");

	it("has a hash for every package and names no index", () => {
		const packages = text.split("\n").filter((line) => /^[a-z]/.test(line));
		expect(packages.length).toBeGreaterThan(5);
		for (const line of packages) expect(line).toMatch(/^[\w.-]+==\S+ (; .+ )?\\$/);
		expect(text).not.toMatch(/https?:|--index-url|--find-links/);
	});
});

describe("requirements.lock", async () => {
	const text = await readFile(join(projectRoot, "etl", "requirements.lock"), "utf8");

	it("pins what the facts of the engines ask for", () => {
		expect(text).toContain("pyspark==3.5.6 ");
		expect(text).toContain("pysail==0.7.2 ");
	});

	it("has a NumPy for every supported Python", () => {
		expect(supportedVersions).toContain("3.13");
		expect(text).toMatch(/^numpy==1\.26\.\d+ ; python_full_version < '3.13'/m);
		expect(text).toMatch(/^numpy==2\.\d+\.\d+ ; python_full_version >= '3.13'/m);
	});

	it("gives the one package that builds the others by itself", () => {
		const entry = lockEntry(text, "setuptools").trim().split("\n");
		expect(entry[0]).toMatch(/^setuptools==/);
		expect(entry.length).toBeGreaterThan(1);
		for (const line of entry.slice(1)) expect(line).toMatch(/^ {4}--hash=sha256:/);
	});
});
