import type { RowDataPacket } from "mysql2";
import { expect } from "vitest";
import { test } from "../support/ddlFixtures.ts";
import { foldAsBag } from "../support/fold.ts";
import { isMySql, isOldMySql } from "../support/servers/source.ts";

interface ValueCase {
	/** Name of the tables. */
	name: string;
	declared: string;
	/** SQL literal, and the text in the lake; of bytes, their hexadecimal digits. */
	values: readonly (readonly [literal: string, text: string])[];
	bytes?: boolean;
	/** MySQL's own type, or its own form; with a number, since that release. */
	only?: "mysql" | "mysql 9";
}

const plain = (...texts: string[]): [string, string][] => texts.map((text) => [`'${text}'`, text]);
const json = (...values: [literal: string, text: string][]): Pick<ValueCase, "declared" | "values"> => ({
	declared: "JSON",
	values,
});

const valueCases: readonly ValueCase[] = [
	{ name: "time", declared: "TIME", values: plain("-05:00:00", "-03:30:00", "-00:01:00", "-838:00:00", "-00:00:01") },
	{ name: "time3", declared: "TIME(3)", values: plain("-05:00:00.000", "-03:30:00.000", "-00:00:00.500") },
	{ name: "time6", declared: "TIME(6)", values: plain("-01:00:00.000000", "-00:59:59.999999", "838:59:59.000000") },
	{
		name: "double5",
		declared: "DOUBLE(20,5)",
		values: [
			// What the server stores; it shows five digits of it.
			["-0.00001", "-9.99999999995449e-06"],
			["123456789.12345", "123456789.12345"],
			["0.1", "0.1"],
		],
	},
	{ name: "json_text", ...json(...plain('{"t": 1.0}', '{"n": [1, 2.5, "x"]}', '{"a": 2, "__proto__": 5}', "[]")) },
	{ name: "json_decimal", ...json(["JSON_OBJECT('price', CAST(9.90 AS DECIMAL(10,2)))", '{"price": 9.90}']) },
	{
		name: "json_numbers",
		only: "mysql",
		...json(
			["'[1e300, 1e20, 1.0, -0.0, 18446744073709551615]'", "[1e300, 1e20, 1.0, -0.0, 18446744073709551615]"],
			[`'{"10": 1, "9": 2, "b": 3, "2": 4}'`, '{"2": 4, "9": 2, "b": 3, "10": 1}'],
		),
	},
	{
		name: "json_opaque",
		only: "mysql",
		...json(
			[
				"JSON_OBJECT('updated', TIMESTAMP'2024-05-06 07:08:09', 'day', DATE'2024-05-06', 'price', 9.90)",
				'{"day": "2024-05-06", "price": 9.90, "updated": "2024-05-06 07:08:09.000000"}',
			],
			[
				"JSON_ARRAY(TIME'-05:00:00', b'101', CAST('x' AS BINARY))",
				'["-05:00:00.000000", "base64:type15:BQ==", "base64:type15:eA=="]',
			],
		),
	},
	{
		name: "latin1",
		declared: "VARCHAR(20) CHARACTER SET latin1",
		values: [
			["_latin1 x'C381'", "Ã\u0081"],
			["_latin1 x'80818d8f909d'", "€\u0081\u008d\u008f\u0090\u009d"],
		],
	},
	{ name: "double", declared: "DOUBLE", values: plain("994.2814200185239", "938433.2480840385", "95302920020.18541") },
	{ name: "dec8", declared: "VARCHAR(20) CHARACTER SET dec8", values: plain("é ß ü") },
	{ name: "swe7", declared: "VARCHAR(20) CHARACTER SET swe7", values: plain("åäö ÅÄÖ é") },
	{ name: "sjis", declared: "VARCHAR(20) CHARACTER SET sjis", values: [["'\\\\ 表 ソ'", "\\ 表 ソ"]] },
	{ name: "ujis", declared: "VARCHAR(20) CHARACTER SET ujis", values: plain("日本語 ソ 〜") },
	{ name: "greek", declared: "VARCHAR(20) CHARACTER SET greek", values: plain("αβγ Ω") },
	{ name: "gb18030", declared: "VARCHAR(20) CHARACTER SET gb18030", values: plain("订单 😀"), only: "mysql" },
	// Two bytes that the server accepts and that Unicode lacks: one question mark.
	{ name: "gbk", declared: "VARCHAR(20) CHARACTER SET gbk", values: [["_gbk x'61a2e362fea0'", "a?b?"]] },
	{ name: "big5", declared: "VARCHAR(20) CHARACTER SET big5", values: [["_big5 x'a3e1a455'", "?下"]] },
	{ name: "enum_of_bytes", declared: "ENUM('a','é') CHARACTER SET binary", values: plain("é", "a") },
	{ name: "set_of_bytes", declared: "SET('a','é') CHARACTER SET binary", values: plain("a,é", "é") },
	{
		name: "geometry",
		declared: "POINT",
		bytes: true,
		values: [["ST_GeomFromText('POINT(1 2)')", "000000000101000000000000000000F03F0000000000000040"]],
	},
	{
		name: "vector",
		declared: "VECTOR(3)",
		bytes: true,
		only: "mysql 9",
		values: [["STRING_TO_VECTOR('[1,2,3.5]')", "0000803F0000004000006040"]],
	},
];
const cases = valueCases.filter(({ only }) => only === undefined || (isMySql && !(isOldMySql && only === "mysql 9")));

const textOf = ({ bytes }: ValueCase): string => (bytes === true ? "hex(v)" : "CAST(v AS VARCHAR)");
const wanted = ({ values }: ValueCase): unknown[] => values.map(([, v], index) => ({ id: index + 1, v }));
const literals = ({ values }: ValueCase): string =>
	values.map(([literal], index) => `(${index + 1}, ${literal})`).join(", ");

/** Tables that join while changes run: their rows come from the binlog. Those called `loaded_` are reloaded then. */
test.beforeAll(async ({ db, stack, settle }) => {
	for (const one of cases) {
		await db.query(`CREATE TABLE read_${one.name} (id INT PRIMARY KEY, v ${one.declared}) CHARACTER SET utf8mb4;
			INSERT INTO read_${one.name} VALUES ${literals(one)};
			CREATE TABLE loaded_${one.name} LIKE read_${one.name}; INSERT INTO loaded_${one.name} VALUES ${literals(one)};
			CREATE TABLE bag_${one.name} (id INT, v ${one.declared}) CHARACTER SET utf8mb4;
			INSERT INTO bag_${one.name} VALUES ${literals(one)}`);
	}
	await settle();
	const names = cases.flatMap(({ name }) => [`loaded_${name}`, `bag_${name}`]);
	await stack.replication.reload(
		stack.context,
		names.map((table) => ({ schema: "shop", table })),
	);
});

test.for(cases)("$name: the binlog gives the server's value", async (one, { stack, folded }) => {
	expect(await stack.files("shop", `read_${one.name}`)).not.toContain("LOAD00000001.parquet");
	expect(await folded(`read_${one.name}`, `id, ${textOf(one)} AS v`)).toEqual(wanted(one));
});

test.for(cases)("$name: the full load gives the server's value", async (one, { stack, folded }) => {
	expect(await stack.files("shop", `loaded_${one.name}`)).toEqual(["LOAD00000001.parquet"]);
	expect(await folded(`loaded_${one.name}`, `id, ${textOf(one)} AS v`)).toEqual(wanted(one));
});

test("changes of loaded rows match them where a table has no key", async ({ db, stack, settle }) => {
	for (const { name } of cases) {
		await db.query(`DELETE FROM bag_${name} WHERE id = 1; UPDATE bag_${name} SET id = id + 10`);
	}
	await settle();
	for (const one of cases) {
		const [rows] = await db.query<RowDataPacket[]>(`SELECT id FROM bag_${one.name} ORDER BY id`);
		const found = await foldAsBag(stack, `shop/bag_${one.name}`, ["id", "v"]);
		expect(
			(found as { id: string; n: string }[]).map(({ id, n }) => ({ id, n })),
			one.name,
		).toEqual(rows.map(({ id }) => ({ id: String(id), n: "1" })));
	}
});
