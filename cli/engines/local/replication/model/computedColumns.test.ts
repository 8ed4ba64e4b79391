import { describe, expect, it } from "vitest";
import { computedFrom } from "./computedColumns.ts";

describe("computedFrom", () => {
	it.each([
		["MariaDB", "concat('x',`ssn`)", "ssn"],
		["MariaDB without quotes", "concat('x',ssn)", "SSN"],
		["MySQL, which escapes the expression as a text", "concat(_utf8mb4\\'x\\',`ssn`)", "ssn"],
		["MySQL, a text with a quote in it", "concat(_utf8mb4\\'a\\\\\\'b\\',_utf8mb4\\'\\\\\\\\\\',`it\\'s`)", "it's"],
		["a name with a backslash", "concat(_utf8mb4\\'q\\',`b\\\\s`)", "b\\s"],
		["a name with a backtick", "concat(`a``b`,'`')", "a`b"],
		["another alphabet", "concat('x',`имя`)", "имя"],
		["a name with spaces", "concat('x',`social  number`)", "social  number"],
	])("finds a column in an expression of %s", (_, generated, name) => {
		expect(computedFrom([{ name: "made", generated }], [name])).toEqual(["made"]);
		expect(computedFrom([{ name: "made", generated: "", defaultsTo: generated }], [name])).toEqual(["made"]);
	});

	it.each(["ss", "n", "ssn4", "x_ssn", "имя"])("takes no part of a word for the column %s", (name) => {
		expect(computedFrom([{ name: "made", generated: "concat(`ssn`,x_ssn4)" }], [name])).toEqual([]);
	});
});
