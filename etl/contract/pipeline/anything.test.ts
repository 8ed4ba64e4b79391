import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse as parseYaml, stringify } from "yaml";
import { cases } from "../../../tests/support/cases.ts";
import { full } from "./fixtures/said.ts";
import { DefinitionError, type Mistake } from "./mistakes.ts";
import { parsePipeline } from "./parse.ts";

describe("whatever is in the file", () => {
	type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
	const document = parseYaml(full) as Json;

	function places(value: Json, at: (string | number)[] = []): (string | number)[][] {
		if (typeof value !== "object" || value === null) return [at];
		const inner = Array.isArray(value) ? value.map((entry, index) => [index, entry] as const) : Object.entries(value);
		return [at, ...inner.flatMap(([name, entry]) => places(entry, [...at, name]))];
	}

	function changed(value: Json, [first, ...rest]: readonly (string | number)[], change: (value: Json) => Json): Json {
		if (first === undefined) return change(value);
		if (Array.isArray(value))
			return value.map((entry, index) => (index === first ? changed(entry, rest, change) : entry));
		if (typeof value !== "object" || value === null) return value;
		return Object.fromEntries(
			Object.entries(value).map(([name, entry]) => [name, name === first ? changed(entry, rest, change) : entry]),
		);
	}

	/** Every mistake has a place in the text and says something, or there is none. */
	function check(text: string): readonly Mistake[] {
		let mistakes: readonly Mistake[] = [];
		try {
			parsePipeline(text, "pipeline.yaml");
		} catch (error) {
			if (!(error instanceof DefinitionError)) throw error;
			mistakes = error.mistakes;
			expect(mistakes.length).toBeGreaterThan(0);
		}
		const lines = text.split("\n").length;
		for (const { line, column, what, fix } of mistakes) {
			expect(line >= 1 && line <= lines && column >= 1, `${line}:${column}`).toBe(true);
			expect(what).toMatch(/\.$/);
			expect(fix).toMatch(/\w/);
			expect(`${what} ${fix}`).not.toMatch(/undefined|\[object|expected \w+, received/);
		}
		return mistakes;
	}

	it("an unknown key in any mapping of keys is named at its line", () => {
		const key = "zzz_unknown";
		// Rows may have any columns.
		const mappings = places(document)
			.filter((place) => !/^verify\.(rows|sample\.row)/.test(place.join(".")))
			.filter((place) => {
				const text = stringify(
					changed(document, place, (value) =>
						typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value, [key]: 1 } : value,
					),
				);
				if (!text.includes(key)) return false;
				const lines = text.split("\n");
				const named = check(text).some(({ line }) => lines[line - 1]?.includes(key));
				expect({ place, named }).toEqual({ place, named: true });
				return true;
			});
		expect(mappings.length).toBeGreaterThan(30);
	});

	it("any value replaced by another is taken or named", () => {
		const values = [null, 5, true, "x", [], {}, ["a"], { a: 1 }];
		const all = places(document);
		// Where only a part is run, other places in each run.
		const every = Math.round(all.length / cases(all.length));
		const first = Math.floor(Math.random() * every);
		for (const [index, place] of all.entries()) {
			if (index % every !== first) continue;
			check(stringify(changed(document, place, () => values[index % values.length] ?? null)));
		}
	}, 60_000);

	it("any JSON is taken or named", () => {
		fc.assert(
			fc.property(fc.constantFrom(...places(document)), fc.jsonValue(), (place, value) => {
				check(stringify(changed(document, place, () => value as Json)));
			}),
			{ numRuns: cases(60) },
		);
	}, 60_000);

	it("any text is taken or named", () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom(..."ab:-?[]{},&*!|>'\"%@`# \n\t0") }), (text) => void check(text)),
			{ numRuns: cases(1000) },
		);
	}, 60_000);

	it("a text cut anywhere is taken or named", () => {
		for (let length = 0; length < full.length; length += 97) check(full.slice(0, length));
	}, 60_000);
});
