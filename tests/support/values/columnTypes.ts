import { isMySql } from "../servers/source.ts";
import { json } from "./jsonLiterals.ts";
import * as make from "./literals.ts";

type Column = readonly [declared: string, literal: make.Literal];

const list = (prefix: string, count: number): string =>
	Array.from({ length: count }, (_, index) => `'${prefix}${index}'`).join(",");
const unsigned = (bits: bigint): make.Literal => make.integers(0n, 2n ** bits - 1n);
const signed = (bits: bigint): make.Literal => make.integers(-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n);

const numbers: readonly Column[] = [
	["TINYINT", signed(8n)],
	["TINYINT UNSIGNED", unsigned(8n)],
	["SMALLINT", signed(16n)],
	["SMALLINT UNSIGNED", unsigned(16n)],
	["MEDIUMINT", signed(24n)],
	["MEDIUMINT UNSIGNED", unsigned(24n)],
	["INT", signed(32n)],
	["INT UNSIGNED ZEROFILL", unsigned(32n)],
	["BIGINT", signed(64n)],
	["BIGINT UNSIGNED", unsigned(64n)],
	...(
		[
			[10, 2],
			[38, 10],
			[65, 30],
			[5, 5],
			[20, 0],
			[9, 9],
			[30, 1],
		] as const
	).map(([precision, scale]): Column => [`DECIMAL(${precision},${scale})`, make.decimal(precision, scale)]),
	["FLOAT", make.float],
	["FLOAT(7,3)", (random) => String(random.integer(-9_999_999, 9_999_999) / 1000)],
	["DOUBLE", make.double],
	["DOUBLE(20,5)", (random) => String(random.integer(-1e12, 1e12) / 1e5 + random.fraction() * 1e-6)],
	["BIT(1)", make.among("b'0'", "b'1'")],
	["BIT(12)", unsigned(12n)],
	["BIT(64)", unsigned(64n)],
];

const times: readonly Column[] = [
	["DATE", make.date],
	["YEAR", (random) => random.pick(["0", "1901", "2155", String(random.integer(1901, 2155))])],
	...[0, 1, 2, 3, 4, 5, 6].flatMap((digits): Column[] => [
		[`TIME(${digits})`, make.time],
		[`DATETIME(${digits})`, make.datetime],
		[`TIMESTAMP(${digits}) NULL`, make.timestamp],
	]),
];

const strings: readonly Column[] = [
	["CHAR(20)", make.text(20)],
	["CHAR(200)", make.text(60)],
	["VARCHAR(63)", make.text(63)],
	["VARCHAR(300)", make.text(300)],
	["TINYTEXT", make.text(30)],
	["TEXT", make.text(100)],
	["MEDIUMTEXT", make.text(50)],
	["LONGTEXT", make.text(50)],
	["BINARY(6)", make.bytes(6)],
	["BINARY(255)", make.bytes(255)],
	["VARBINARY(300)", make.bytes(300)],
	["TINYBLOB", make.bytes(100)],
	["BLOB", make.bytes(300)],
	["MEDIUMBLOB", make.bytes(30)],
	["LONGBLOB", make.bytes(40)],
	["ENUM('a','b,c','d''e','é')", make.among("'a'", "'b,c'", "'d''e'", "'é'", "'none of them'")],
	[`ENUM(${list("m", 300)})`, (random) => `'m${random.integer(0, 299)}'`],
	["SET('x','y','é')", make.among("''", "'x,é'", "'x,y,é'")],
	[`SET(${list("s", 64)})`, (random) => `'s${random.integer(0, 63)},s${random.integer(0, 63)}'`],
];

const geometry = make.among(
	"ST_GeomFromText('POINT(1 2)', 4326)",
	"ST_GeomFromText('LINESTRING(0 0, 5 6)')",
	"ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1))')",
);

const ofMySql: readonly Column[] = [
	["JSON", json],
	[
		"VECTOR(3)",
		(random) => `STRING_TO_VECTOR('[${random.fraction()},${random.integer(0, 5)},-${random.fraction() * 1e10}]')`,
	],
];

const ofMariaDb: readonly Column[] = [
	["JSON", (random) => `CONCAT(' ', JSON_ARRAY(${make.double(random)}, ${make.text(5)(random)}))`],
	["UUID", () => "UUID()"],
	["INET4", make.among("'1.2.3.4'", "'255.0.0.0'", "'0.0.0.0'")],
	[
		"INET6",
		(random) => {
			const groups = Array.from({ length: 8 }, () => random.pick([0, 0, random.integer(0, 0xffff)]).toString(16));
			return random.pick(["'::1'", "'::ffff:1.2.3.4'", `'${groups.join(":")}'`]);
		},
	],
	["TEXT COMPRESSED", (random) => `REPEAT('ab', ${random.integer(0, 400)})`],
	["VARCHAR(500) COMPRESSED", (random) => `REPEAT('é', ${random.integer(0, 200)})`],
	["BLOB COMPRESSED", make.bytes(300)],
];

/** A column of each type of the source's server, and what makes its values. */
export const columnTypes: readonly Column[] = [
	...numbers,
	...times,
	...strings,
	["GEOMETRY", geometry],
	...(isMySql ? ofMySql : ofMariaDb),
];
