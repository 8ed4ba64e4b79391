import type { Connection } from "mysql2/promise";
import { describe, expect } from "vitest";
import { comparedColumn } from "../../cli/engines/local/reconcile/comparedColumn.ts";
import { type ReadOptions, readSource } from "../../cli/engines/local/reconcile/sourceReader.ts";
import type { SourceAccess } from "../../cli/engines/mysql/access.ts";
import { until } from "../support/replicator.ts";
import { it } from "../support/serverFixtures.ts";
import { sequence } from "../support/servers/source.ts";

describe("a table of the source, read in pieces", () => {
	let access: SourceAccess;
	let admin: Connection;

	it.beforeAll(async ({ server, db }) => {
		admin = db;
		await db.query("CREATE DATABASE own");
		await db.query("CREATE TABLE own.t (a INT, b INT, PRIMARY KEY (a, b))");
		access = {
			host: "127.0.0.1",
			port: server.port,
			user: "root",
			password: "",
			schemas: ["own"],
			tls: "DISABLED",
		} as SourceAccess;
	});

	/** Of each piece its rows, as `a.b`, and where the part ends. */
	const pieces = async (pairs: string, enough: Partial<ReadOptions["enough"]>, ranges?: { column: number }) => {
		await admin.query("DELETE FROM own.t");
		if (pairs !== "") await admin.query(`INSERT INTO own.t VALUES ${pairs}`);
		const columns = ["a", "b"].flatMap((name) => comparedColumn(name, "int", false) ?? []);
		const options = { ranges, enough: { rows: 1e6, bytes: 1e6, ...enough }, onRows: () => undefined };
		const found: [string, string | undefined | "open"][] = [];
		const source = { schema: "own", table: "t", columns };
		for await (const { rows, ends } of readSource(access, source, options, AbortSignal.timeout(60_000))) {
			// Each digit has its length before it.
			const digits = rows.blocks.flatMap(({ bytes }) => [...bytes.toString("latin1")].filter((_, at) => at % 2 === 1));
			expect(digits).toHaveLength(rows.rows * 2);
			const texts = digits.flatMap((a, at) => (at % 2 === 0 ? [`${a}.${digits[at + 1]}`] : []));
			found.push([texts.join(" "), ends === undefined ? "open" : ends.upTo]);
		}
		return found;
	};

	it("a part ends with a value of the key's first column, however often that comes", async () => {
		const byA = { column: 0 };
		expect(await pieces("(1,1),(1,2),(2,1),(2,2),(2,3),(3,1),(4,1),(5,1)", { rows: 2 }, byA)).toEqual([
			["1.1 1.2 2.1 2.2", "open"],
			["2.3 3.1 4.1", "4"],
			["5.1", undefined],
		]);
		expect(await pieces("(1,1),(2,1),(3,1),(4,1),(5,1)", { rows: 2 }, byA)).toEqual([
			["1.1 2.1 3.1", "3"],
			["4.1 5.1", undefined],
		]);
		expect(await pieces("(1,1),(2,1),(3,1),(4,1)", { bytes: 5 }, byA)).toEqual([
			["1.1 2.1 3.1", "3"],
			["4.1", undefined],
		]);
	});

	it("without ranges all pieces are one part, and nothing is one, too", async () => {
		expect(await pieces("(1,1),(1,2),(2,1),(2,2),(3,1)", { rows: 2 })).toEqual([
			["1.1 1.2", "open"],
			["2.1 2.2", "open"],
			["3.1", undefined],
		]);
		expect(await pieces("", { rows: 2 })).toEqual([["", undefined]]);
	});

	it("stands still while the source has more threads running than it may, and then reads on", async ({ server }) => {
		await admin.query("USE own; DROP TABLE IF EXISTS own.many; CREATE TABLE own.many (a INT PRIMARY KEY)");
		await admin.query(`INSERT INTO own.many SELECT seq FROM ${sequence(120_000)}`);
		const status = async (name: string): Promise<number> => {
			const [rows] = await admin.query("SHOW GLOBAL STATUS LIKE ?", [name]);
			return Number((rows as { Value: string }[])[0]?.Value);
		};
		const busy = await Promise.all([1, 2, 3, 4].map(() => server.connect()));
		const asleep = busy.map((one) => one.query("SELECT SLEEP(600)").catch(() => undefined));
		await until(async () => (await status("Threads_running")) >= 5);
		const columns = [comparedColumn("a", "int", false)].flatMap((one) => one ?? []);
		let read = 0;
		const options: ReadOptions = {
			maxLoad: 3,
			enough: { rows: 1e6, bytes: 1e9 },
			onRows: (count) => {
				read += count;
			},
		};
		const reading = (async () => {
			let rows = 0;
			const source = { schema: "own", table: "many", columns };
			for await (const piece of readSource(access, source, options, AbortSignal.timeout(120_000)))
				rows += piece.rows.rows;
			return rows;
		})();
		await until(async () => read > 0);
		const before = await status("Com_show_status");
		// Its own looks, and each of these two.
		await until(async () => (await status("Com_show_status")) > before + 6);
		expect(read).toBe(50_000);
		for (const { threadId } of busy) await admin.query(`KILL ${threadId}`);
		expect(await reading).toBe(120_000);
		await Promise.all(asleep);
	});
});
