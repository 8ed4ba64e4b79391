import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	catalogForm,
	columnForm,
	exactForm,
	folderForm,
	fromCatalog,
	fromFolder,
	fromRawColumn,
	rawColumnForm,
	rawFolderForm,
} from "./names.ts";

/** Names as MySQL takes them: up to 64 characters of the first plane, among them what looks like an escape or a name of ours. */
const letter = fc.oneof(
	fc.constantFrom(..."_-xzh0aAfF .%/\\'`\"$é日Ω\u00a0", "_x0020_", "-x002f-", "_xz_", "_xh_", "BI_", "Op", "cdc_op"),
	fc.integer({ min: 1, max: 0xd7ff }).map((code) => String.fromCharCode(code)),
);
const name = fc
	.array(letter, { minLength: 1, maxLength: 64 })
	.map((letters) => letters.join("").slice(0, 64))
	.filter((text) => text !== "");

const lower = (text: string): string => text.replaceAll(/[A-Z]/g, (one) => one.toLowerCase());

describe("names of the source in the lake", () => {
	it("are as they were where they are ordinary", () => {
		for (const text of ["orders", "_prisma_migrations", "order_2", "2024", "x0020", "_xray", "orders_changes"]) {
			expect([catalogForm(text), columnForm(text), rawFolderForm(text), rawColumnForm(text)]).toEqual(
				Array(4).fill(text),
			);
		}
		expect([folderForm("wordpress-db"), folderForm("orderDetails")]).toEqual(["wordpress-db", "orderDetails"]);
		expect([catalogForm("orderDetails"), columnForm("orderNumber")]).toEqual(["orderdetails", "orderNumber"]);
	});

	it("have one plain form, which can be read back", () => {
		fc.assert(
			fc.property(name, (text) => {
				for (const form of [catalogForm(text), exactForm(text)]) expect(form).toMatch(/^[a-z0-9_]{1,247}$/);
				expect(columnForm(text)).toMatch(/^[A-Za-z0-9_]{1,247}$/);
				expect(folderForm(text)).toMatch(/^[A-Za-z0-9-][A-Za-z0-9_-]{0,246}$/);
				expect(fromCatalog(catalogForm(text))).toBe(lower(text));
				expect([fromCatalog(exactForm(text)), fromCatalog(columnForm(text)), fromFolder(folderForm(text))]).toEqual([
					text,
					text,
					text,
				]);
				const folder = rawFolderForm(text);
				expect(folder).not.toMatch(/[/\\\0]|^\.\.?$/);
				expect(Buffer.byteLength(folder)).toBeLessThanOrEqual(255);
				expect(fromFolder(folder)).toBe(text);
				expect(fromRawColumn(rawColumnForm(text))).toBe(text);
			}),
		);
	});

	it("differ where the names do, also where one is made to look like the other's form", () => {
		const forms = [exactForm, columnForm, folderForm, rawFolderForm, rawColumnForm];
		const pair = name.chain((one) =>
			fc.tuple(fc.constant(one), fc.oneof(name, fc.constantFrom(...forms.map((form) => form(one).slice(0, 64))))),
		);
		fc.assert(
			fc.property(pair, ([one, other]) => {
				fc.pre(one !== other);
				for (const form of forms) expect(form(one)).not.toBe(form(other));
				if (lower(one) !== lower(other)) expect(catalogForm(one)).not.toBe(catalogForm(other));
			}),
		);
	});

	it("give way to the names of columns that replication and jobs add", () => {
		const all = ["id", "BI_id", "bi_score", "Op", "cdc_op", "CDC_Change_Seq"];
		expect(all.map((text) => rawColumnForm(text, all))).toEqual([
			"id",
			"_x0042_I_id",
			"bi_score",
			"_x004f_p",
			"cdc_op",
			"_x0043_DC_Change_Seq",
		]);
		expect(all.map((text) => columnForm(text, all))).toEqual([
			"id",
			"_x0042_I_id",
			"bi_score",
			"Op",
			"_x0063_dc_op",
			"_x0043_DC_Change_Seq",
		]);
	});

	it("are a digest where even a number is too long", () => {
		const long = "日".repeat(129);
		expect(exactForm(long)).toMatch(/^_xh_[0-9a-f]{64}$/);
		expect(exactForm(`${long}a`)).not.toBe(exactForm(`${long}b`));
	});

	it("are the same for the jobs", () => {
		const cases = JSON.parse(readFileSync(new URL("fixtures/names.json", import.meta.url), "utf8")) as string[][];
		for (const [text = "", ...forms] of cases) expect(formsOf(text)).toEqual(forms);
	});
});

function formsOf(text: string): string[] {
	return [catalogForm, exactForm, folderForm, rawFolderForm, columnForm, rawColumnForm].map((form) => form(text));
}
