import { expect, test } from "vitest";
import { PipelineError } from "../../common/errors.ts";
import { compileTemplate } from "./clickTemplate.ts";

/** The sample shop's, as it is typed into the Kinesis Data Generator. */
const sample = `{"productid": {{random.number(
        {
            "min":1,
            "max":5
        }
    )}},
"productname": "{{commerce.productName}}",
"department": "{{commerce.department}}",
"price": {{commerce.price}},
"productDetails":{"color": "{{commerce.color}}",
"material": "{{commerce.productMaterial}}",
"comments": "{{commerce.productAdjective}}"}
}
`;

const make = (template: string, count: number, seed = 1): Record<string, unknown>[] => {
	const next = compileTemplate(template, seed);
	return Array.from({ length: count }, () => JSON.parse(next()));
};

const refused = (template: string): unknown => {
	try {
		compileTemplate(template, 1);
	} catch (error) {
		if (error instanceof PipelineError) return { outcome: error.outcome, ...error.text };
	}
	return undefined;
};

test("the sample shop's template makes the sample shop's records, a line each", () => {
	expect(compileTemplate(sample, 1)()).not.toMatch(/[\r\n]/);
	const records = make(sample, 300);
	for (const record of records) {
		expect(record.productid).toSatisfy((id: unknown) => [1, 2, 3, 4, 5].includes(id as number));
		expect(record.price).toBeTypeOf("number");
		expect(record.productDetails).toEqual({
			color: expect.stringMatching(/./),
			material: expect.stringMatching(/./),
			comments: expect.stringMatching(/./),
		});
	}
	expect(new Set(records.map((record) => record.productname)).size).toBeGreaterThan(50);
});

test("a seed gives the same records each time, another seed others", () => {
	expect(make(sample, 20, 7)).toEqual(make(sample, 20, 7));
	expect(make(sample, 20, 7)).not.toEqual(make(sample, 20, 8));
});

test("ids are drawn again for each record, and texts are escaped", () => {
	const records = make('{"id":"{{string.uuid}}","text":"{{lorem.paragraphs}}","at":"{{date.now}}"}', 2000);
	expect(new Set(records.map((record) => record.id)).size).toBe(2000);
	expect(records[0]?.text).toContain("\n");
	expect(Date.parse(records[0]?.at as string)).toBeGreaterThan(Date.parse("2026-01-01"));
});

test("arguments are JSON, of any number", () => {
	const records = make('{"a":{{helpers.arrayElement(["1","2"])}},"n":{{number.int({"min":7,"max":7})}}}', 50);
	expect(new Set(records.map((record) => record.a))).toEqual(new Set([1, 2]));
	expect(records[0]?.n).toBe(7);
});

test("what cannot work is refused before anything is sent", () => {
	expect(refused('{"a":"{{commerce.nonsense}}"}')).toMatchObject({
		outcome: "usage",
		what: "The template's {{commerce.nonsense}} is not a faker function.",
		why: expect.stringContaining("commerce.productName"),
	});
	expect(refused('{"a":"{{shop.price}}"}')).toMatchObject({ why: "faker has no module shop." });
	expect(refused('{"a":{{number.int({min:1})}}}')).toMatchObject({
		what: "The arguments of the template's {{number.int}} are not valid JSON.",
	});
	expect(refused('{"a":{{number.int({"min":9,"max":1})}}}')).toMatchObject({
		what: "The arguments of the template's {{number.int}} are not valid.",
	});
	expect(refused('{"a": {{commerce.productName}}}')).toMatchObject({
		what: "The template does not produce valid JSON.",
	});
});
