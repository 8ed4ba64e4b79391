import { expect, it } from "vitest";
import { withoutFormula } from "./formula.ts";

it.each([
	"=1+1",
	"=cmd|'/C calc'!A0",
	"@SUM(1)",
	"+1+1",
	"-1+1",
	"+cmd",
	"-",
	"\t=1",
	"\r=1",
	"\n=1",
	"  =1",
	"＝1",
	"＠x",
])("%j is shown", (text) => {
	expect(withoutFormula(text)).toBe(`'${text}`);
});

it.each(["", "a", "a=1", "-1", "+49301234", "-1.50", "-1e-7", "1-1", "'=1", "ä", "#1"])("%j stays", (text) => {
	expect(withoutFormula(text)).toBe(text);
});
