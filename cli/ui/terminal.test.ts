import { describe, expect, it } from "vitest";
import { lookOf, stripAnsi } from "./terminal.ts";

const terminal = { isTTY: true, columns: 80, rows: 24 } as NodeJS.WriteStream;
const pipe = { isTTY: false } as NodeJS.WriteStream;

describe("lookOf", () => {
	it("colours and animates on a terminal", () => {
		expect(lookOf(terminal, {}, false)).toEqual({ color: true, animate: true, columns: 80, rows: 24 });
	});
	it("takes a usual size where a terminal does not know its own", () => {
		expect(lookOf({ ...terminal, columns: 0 } as NodeJS.WriteStream, {}, false).columns).toBe(100);
	});
	it("does neither off a terminal", () => {
		expect(lookOf(pipe, {}, false)).toMatchObject({ color: false, animate: false });
	});
	it.each([
		["NO_COLOR", { NO_COLOR: "1" }, { color: false, animate: true }],
		["CI", { CI: "true" }, { color: true, animate: false }],
		["TERM=dumb", { TERM: "dumb" }, { color: false, animate: false }],
		["an empty NO_COLOR", { NO_COLOR: "" }, { color: true, animate: true }],
	])("heeds %s", (_, env, look) => {
		expect(lookOf(terminal, env, false)).toMatchObject(look);
	});
	it("heeds --no-color", () => {
		expect(lookOf(terminal, {}, true).color).toBe(false);
	});
});

it("strips colours and cursor movements", () => {
	expect(stripAnsi("\u001b[31mred\u001b[39m \u001b[?25l\u001b[2Kplain")).toBe("red plain");
});
