import { expect, it } from "vitest";
import { hashOf, makeLayout } from "./layout.ts";

it("hashes as DMS does: SHA-256 of UTF-8 in capital digits", () => {
	expect(hashOf("abc")).toBe("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
	expect(hashOf("ä€😀")).toBe(hashOf(Buffer.from("ä€😀", "utf8").toString("utf8")));
	expect(hashOf("")).toBe("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855");
});

it("takes values from their places in the source's row, and has no column for what is dropped", () => {
	const layout = makeLayout(
		[
			{ name: "ssn", type: "blob", action: "drop" },
			{ name: "id", type: "int" },
			{ name: "email", type: "varchar(20)", action: "hash" },
		],
		["email", "id"],
	);
	expect(layout.columns.map(({ name, at, type }) => [name, at, String(type)])).toEqual([
		["id", 1, "INTEGER"],
		["email", 2, "VARCHAR"],
	]);
	expect(layout.before.map((index) => layout.beforeName(index))).toEqual(["BI_id", "BI_email"]);
});

it("has another fingerprint where only what is done differs, and refuses to hash what is not text", () => {
	const email = { name: "email", type: "varchar(20)" };
	expect(makeLayout([email], []).fingerprint).not.toBe(makeLayout([{ ...email, action: "hash" }], []).fingerprint);
	expect(() => makeLayout([{ name: "n", type: "int", action: "hash" }], [])).toThrow("column n: int cannot be hashed");
});
