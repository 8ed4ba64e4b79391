import { describe, expect, it } from "vitest";
import { dmsSourceChecks, limitsCheck, offsetOf, summerAndWinter, timeZoneCheck } from "./dmsSource.ts";

describe("the source's time zone", () => {
	const berlin = { name: "Europe/Berlin", offsets: [60, 120] };
	const kolkata = { name: "Asia/Kolkata", offsets: [330, 330] };
	const unknown = { name: "Mars/Base", offsets: [undefined, undefined] };
	const zone = (name: string, ...offsets: number[]) => ({ name, offsets });

	it.each([
		[zone("UTC", 0, 0), undefined],
		[zone("Etc/Greenwich", 0, 0), undefined],
		[zone("+05:30", 330, 330), kolkata],
		[zone("CET", 60, 120), berlin],
		[unknown, unknown],
	])("%o holds where DMS takes %o", (server, configured) => {
		expect(timeZoneCheck(server, 3, configured)).toMatchObject({ ok: true });
		expect(timeZoneCheck(server, 3, configured)).not.toHaveProperty("checked");
	});

	it.each([
		[zone("GMT", 0, 60), undefined, "GMT, but DMS reads 3 TIMESTAMP columns as UTC"],
		[zone("IST", 330, 330), undefined, "IST, but DMS reads 3 TIMESTAMP columns as UTC"],
		[zone("+05:30", 330, 330), berlin, "+05:30, but DMS reads 3 TIMESTAMP columns as Europe/Berlin"],
		[zone("+01:00", 60, 60), berlin, "+01:00, but DMS reads 3 TIMESTAMP columns as Europe/Berlin"],
		[kolkata, berlin, "Asia/Kolkata, but DMS reads 3 TIMESTAMP columns as Europe/Berlin"],
	])("%o fails where DMS takes %o, with what to set and to load again", (server, configured, found) => {
		const check = timeZoneCheck(server, 3, configured);
		expect(check).toMatchObject({ ok: false, found });
		expect(check.fix).toMatch(/config set sourceTimeZone .* replication start --reload/);
	});

	it("of UTC fails where DMS was given another", () => {
		expect(timeZoneCheck(zone("UTC", 0, 0), 1, kolkata).fix).toContain("config rm sourceTimeZone");
	});

	it("holds where nothing depends on it, whatever DMS was given", () => {
		expect(timeZoneCheck(zone("UTC", 0, 0), 0, kolkata)).toMatchObject({
			ok: true,
			found: "UTC, no TIMESTAMP columns",
		});
	});

	it("is not checked where the server or Node does not know a zone", () => {
		expect(timeZoneCheck(unknown, 3, kolkata)).toMatchObject({ ok: true, checked: false });
		expect(timeZoneCheck(kolkata, 3, unknown)).toMatchObject({ ok: true, checked: false });
	});

	it("has its offsets of summer and winter", () => {
		const of = (name: string) => summerAndWinter(new Date("2026-11-28")).map((time) => offsetOf(name, time));
		expect(of("Europe/London")).toEqual([0, 60]);
		expect(of("America/St_Johns")).toEqual([-210, -150]);
		expect(of("Mars/Base")).toEqual([undefined, undefined]);
	});

	it("is asked of the server by its own clock", async () => {
		const query = async (sql: string) =>
			sql.includes("time_zone") ? [{ zone: "SYSTEM", host: "GMT", offset0: 0, offset1: 60 }] : [{ n: 2 }];
		const [check] = await dmsSourceChecks({ query }, ["shop"], "Europe/London");
		expect(check).toMatchObject({ ok: true, found: "GMT, but DMS reads 2 TIMESTAMP columns as Europe/London" });
		expect((await dmsSourceChecks({ query }, ["shop"], undefined))[0]?.ok).toBe(false);
	});
});

describe("what DMS does not replicate", () => {
	it("is warned of where a tool is at work that ends with RENAME TABLE, with the table to load again", () => {
		const check = limitsCheck([
			["shop", "_orders_gho"],
			["shop", "_orders_ghc"],
			["shop", "_lines_new"],
			["shop", "_settings"],
		]);
		expect(check).toMatchObject({ ok: true, found: "shop._orders_gho, shop._orders_ghc, shop._lines_new" });
		expect(check.warning).toContain("replication reload shop.orders shop.lines");
	});

	it("is not warned of where there is none", () => {
		expect(
			limitsCheck([
				["shop", "_new"],
				["shop", "_settings"],
			]),
		).toEqual({
			name: "DMS limits",
			ok: true,
			found: "no trace of gh-ost or pt-online-schema-change",
		});
	});
});

it("asks nothing where no schema is replicated", async () => {
	const query = () => Promise.reject(new Error("asked"));
	expect(await dmsSourceChecks({ query }, [], undefined)).toEqual([]);
});
