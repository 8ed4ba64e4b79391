import { describe, expect, it } from "vitest";
import { dmsSourceChecks, limitsCheck, timeZoneCheck } from "./dmsSource.ts";

describe("the source's time zone", () => {
	it.each([
		["UTC", "CET"],
		["+00:00", "CET"],
		["SYSTEM", "UTC"],
		["SYSTEM", "Etc/UTC"],
	])("%s on a host of %s holds", (zone, host) => {
		expect(timeZoneCheck(zone, host, 3, undefined).ok).toBe(true);
	});

	it.each([
		["SYSTEM", "IST", "IST"],
		["+05:30", "UTC", "+05:30"],
		["America/New_York", "UTC", "America/New_York"],
	])("%s on a host of %s fails, with what to set and to load again", (zone, host, actual) => {
		const check = timeZoneCheck(zone, host, 3, undefined);
		expect(check).toMatchObject({ ok: false, found: `${actual}, and DMS takes 3 TIMESTAMP columns for UTC` });
		expect(check.fix).toMatch(/config set sourceTimeZone .* replication start --reload/);
	});

	it("that is another holds where DMS knows it, or where nothing depends on it", () => {
		expect(timeZoneCheck("SYSTEM", "IST", 3, "Asia/Kolkata").ok).toBe(true);
		expect(timeZoneCheck("SYSTEM", "IST", 0, undefined).ok).toBe(true);
	});

	it("of UTC fails where DMS was given another", () => {
		expect(timeZoneCheck("UTC", "UTC", 3, "Asia/Kolkata")).toMatchObject({
			ok: false,
			found: "UTC, and DMS takes it for Asia/Kolkata",
		});
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
