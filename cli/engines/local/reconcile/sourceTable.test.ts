import { describe, expect, it } from "vitest";
import { openDuckDb } from "../../duckdb/open.ts";
import { type ComparedColumn, comparedColumn } from "./comparedColumn.ts";
import { SourceRows } from "./sourceRows.ts";
import { SourceTable } from "./sourceTable.ts";

type Value = string | Buffer | null;

const columns = [comparedColumn("t", "text", false), comparedColumn("b", "blob", false)] as ComparedColumn[];
const enough = { rows: 1e9, bytes: 1e9 };

/** A value of the text protocol. */
function encoded(value: Value): Buffer {
	if (value === null) return Buffer.from([0xfb]);
	const bytes = Buffer.from(value as string);
	const { length } = bytes;
	const wide = Buffer.alloc(9);
	wide.writeBigUInt64LE(BigInt(length), 1);
	const [first, size] =
		length < 0xfb ? [length, 0] : length < 2 ** 16 ? [0xfc, 2] : length < 2 ** 24 ? [0xfd, 3] : [0xfe, 8];
	wide[0] = first as number;
	const head = size === 0 ? Buffer.from([first as number]) : wide.subarray(0, 1 + (size as number));
	return Buffer.concat([head, bytes]);
}

function rowsOf(rows: readonly (readonly Value[])[]): SourceRows {
	const found = new SourceRows(enough);
	for (const row of rows) {
		// As in a packet: with other bytes before and after.
		const bytes = Buffer.concat([Buffer.from("head"), ...row.map(encoded), Buffer.from("tail")]);
		found.append(bytes, 4, bytes.length - 4);
	}
	found.close();
	return found;
}

/** What DuckDB has of rows; bytes as hexadecimal digits. */
async function read(...pieces: (readonly (readonly Value[])[])[]): Promise<{ rows: unknown[][]; count: number }> {
	const { connection, close } = await openDuckDb();
	try {
		const source = new SourceTable(connection, columns);
		const last = pieces.pop() ?? [];
		for (const piece of pieces) await source.keep(rowsOf(piece));
		return await source.with(rowsOf(last), async (relation, count) => {
			const found = await connection.runAndReadAll(`SELECT c0, hex(c1) FROM ${relation}`);
			return { rows: found.getRowsJS(), count };
		});
	} finally {
		close();
	}
}

const shown = (rows: readonly (readonly Value[])[]): unknown[][] =>
	rows.map(([text, bytes]) => [
		text === null || text === undefined ? null : String(text),
		bytes === null || bytes === undefined
			? null
			: Buffer.from(bytes as string)
					.toString("hex")
					.toUpperCase(),
	]);

describe("rows of the source in DuckDB", () => {
	const lengths = [...Array(20).keys(), 64, 250, 251, 255, 256, 5000];
	/** So many bytes of UTF-8: an end that no character fits into is filled. */
	const values = lengths.map((length) => {
		let text = "";
		for (const character of "aé€😀\u0000x".repeat(length)) {
			if (Buffer.byteLength(text + character) > length) break;
			text += character;
		}
		return text.padEnd(text.length + length - Buffer.byteLength(text), "-");
	});

	it("have each value as it came, of every length, null and not", async () => {
		const rows = values.flatMap((text, index): Value[][] => [
			[text, Buffer.alloc(lengths[index] ?? 0, 0xfb)],
			[null, text],
			[text, null],
		]);
		const long = ["€".repeat(21_845), "€".repeat(21_846), "x".repeat(2 ** 24)];
		rows.push([null, null], ["", ""], ["NULL", "NULL"], ...long.map((text) => [text, "y"]));
		expect(await read(rows)).toEqual({ rows: shown(rows), count: rows.length });
	});

	it("are all there, in order, where they fill many vectors, and are kept piece by piece", async () => {
		const piece = (from: number): Value[][] =>
			Array.from({ length: 5000 }, (_, n) => [n % 7 === 0 ? null : `${from + n} ${"long ".repeat(n % 5)}`, `${n % 3}`]);
		const pieces = [piece(0), piece(5000), piece(10_000)];
		expect(await read(piece(0))).toEqual({ rows: shown(piece(0)), count: 5000 });
		expect(await read(...pieces)).toEqual({
			rows: shown([piece(0), piece(5000), piece(10_000)].flat()),
			count: 15_000,
		});
	});

	it.for([
		["short", Buffer.from([0xc3])],
		["long", Buffer.concat([Buffer.alloc(40, 0x61), Buffer.from([0xc3])])],
		["begun before", Buffer.concat([Buffer.from([0xa9]), Buffer.alloc(40, 0x61)])],
	] as const)("are refused where a text is not UTF-8: %s", async ([, text]) => {
		// Both together would be UTF-8.
		await expect(
			read([
				[text, "x"],
				["\u00e9", "y"],
			]),
		).rejects.toThrow("a text of t at the source is not valid UTF-8");
		await expect(read([["\u00e9", text]])).resolves.toMatchObject({ count: 1 });
	});

	it("are refused where a row has other values than the table has columns", async () => {
		await expect(read([["a", "b", "c"]])).rejects.toThrow(/and their values/);
	});
});
