import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { it } from "../../../../../tests/support/fixtures.ts";
import { shop } from "../../../../../tests/support/sampleShop.ts";
import { readSamples } from "./samples.ts";

describe("sample data", () => {
	const of = (script: string) => ({ ...shop, sampleData: { script } });

	it("comes from the script as it is now", async ({ folder }) => {
		const script = join(folder, "schemas.ts");
		const text = (name: string) =>
			`type Row = { table: string; values: number[] };
			export const schemas = [{ schema: "${name}", collation: "utf8mb4_bin", tables: [{ name: "t", columns: ["a"], create: "CREATE TABLE t (a INT)" }],
				*rows(seed: number): Generator<Row> { yield { table: "t", values: [seed] }; } }];`;
		await writeFile(script, text("own"));
		const [sample] = await readSamples(of(script));
		expect(sample?.schema).toBe("own");
		expect([...(sample?.rows(7, { rows: Number, described: Number }) ?? [])]).toEqual([{ table: "t", values: [7] }]);
	});

	it("says what a script lacks, or that there is none", async ({ folder }) => {
		const script = join(folder, "schemas.mjs");
		await writeFile(script, "export const schemas = [{ schema: 'a', collation: 'c', tables: [], rows: [] }];");
		await expect(readSamples(of(script))).rejects.toMatchObject({
			outcome: "usage",
			text: { what: expect.stringContaining(script), why: expect.stringContaining("is not a function") },
		});
		await expect(readSamples(of(join(folder, "none.ts")))).rejects.toMatchObject({ outcome: "usage" });
		const { sampleData: _, ...none } = shop;
		await expect(readSamples(none)).rejects.toThrowError("The pipeline shop has no sample data.");
	});
});
