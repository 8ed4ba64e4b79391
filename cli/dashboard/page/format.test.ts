import { expect, it } from "vitest";
import { bytes, duration, exact, humanName, inSentence, percent, plural, short } from "./format.ts";

it("formats numbers by what they are", () => {
	expect(exact(1_234_567.89, "usd")).toBe("$1,234,567.89");
	expect(exact(1_234_567.8, "eur")).toBe("€1,234,567.80");
	expect(short(1_234_567.89, "usd")).toBe("$1.23M");
	expect(short(9999, undefined)).toBe("9,999");
	expect(short(96_812, "number")).toBe("96.8K");
	expect(exact(0.1234, "percent")).toBe("12.3%");
	expect([percent(1, 3), percent(1, 300), percent(1, 0)]).toEqual(["33%", "0.3%", ""]);
	expect([bytes(0), bytes(999), bytes(1500), bytes(123_456_789)]).toEqual(["0 B", "999 B", "1.50 kB", "123 MB"]);
	expect([1.44, 90, 600, 10_000, 864_000].map(duration)).toEqual(["1.4 s", "90 s", "10 min", "3 h", "10 days"]);
});

it("makes words of columns", () => {
	expect(humanName("product_line")).toBe("Product line");
	expect([inSentence("Product line"), inSentence("SKU")]).toEqual(["product line", "SKU"]);
	expect([plural(1, "country"), plural(2, "country"), plural(1200, "day"), plural(2, "box")]).toEqual([
		"1 country",
		"2 countries",
		"1,200 days",
		"2 boxes",
	]);
});
