import { base, en, Faker } from "@faker-js/faker";
import { messageOf, PipelineError } from "../../common/errors.ts";

/** Values drawn once for a placeholder of words, since faker is slow record by record. */
const vocabularySize = 500;

/** Modules whose values are drawn again for each record: numbers, dates and ids would otherwise repeat. */
const drawnEachTime = new Set(["number", "string", "date", "datatype", "helpers", "finance"]);

/** Names that the Kinesis Data Generator's templates use, and what faker calls them now. */
const renamed: Readonly<Record<string, string>> = {
	"random.number": "number.int",
	"random.float": "number.float",
	"random.boolean": "datatype.boolean",
	"random.uuid": "string.uuid",
	"random.word": "lorem.word",
	"random.arrayElement": "helpers.arrayElement",
	"random.weightedArrayElement": "helpers.weightedArrayElement",
	"commerce.color": "color.human",
	"name.firstName": "person.firstName",
	"name.lastName": "person.lastName",
	"name.jobTitle": "person.jobTitle",
	"address.city": "location.city",
	"address.country": "location.country",
	"address.state": "location.state",
	"address.zipCode": "location.zipCode",
	"company.companyName": "company.name",
	"internet.userName": "internet.username",
	"phone.phoneNumber": "phone.number",
};

const placeholder = /\{\{\s*([A-Za-z]+\.[A-Za-z0-9]+)\s*(?:\(([\s\S]*?)\)\s*)?\}\}/g;

/**
 * Makes records by a template of the Kinesis Data Generator: JSON with placeholders `{{module.function}}` or
 * `{{module.function(arguments)}}`, functions of faker and arguments as JSON. Each call makes the next record.
 * @throws PipelineError naming the placeholder that does not work, or why the first record is not JSON.
 */
export function compileTemplate(text: string, seed: number): () => string {
	const faker = new Faker({ locale: [en, base] });
	faker.seed(seed);
	const parts: (string | (() => string))[] = [];
	let end = 0;
	for (const match of text.matchAll(placeholder)) {
		parts.push(oneLine(text.slice(end, match.index)), drawer(faker, match[1] ?? "", match[2]));
		end = match.index + match[0].length;
	}
	parts.push(oneLine(text.slice(end)));
	const render = (): string => {
		let record = "";
		for (const part of parts) record += typeof part === "string" ? part : part();
		return record;
	};
	assertJson(render());
	faker.seed(seed);
	return render;
}

/** Records are lines: what breaks a template into lines goes. */
function oneLine(text: string): string {
	return text.replaceAll(/\s*[\r\n]+\s*/g, "");
}

function drawer(faker: Faker, name: string, args: string | undefined): () => string {
	if (name === "date.now") return () => new Date().toISOString();
	const [module = "", fn = ""] = (renamed[name] ?? name).split(".");
	const functions = (faker as unknown as Record<string, Record<string, unknown> | undefined>)[module];
	const found = functions?.[fn];
	if (typeof found !== "function") {
		const known = functions === undefined ? undefined : functionNames(functions).map((other) => `${module}.${other}`);
		throw refusal(
			`The template's {{${name}}} is not a faker function.`,
			known === undefined ? `faker has no module ${module}.` : `The module has ${known.join(", ")}.`,
		);
	}
	const values = parseArguments(name, args);
	const draw = (): string => {
		try {
			return textOf(found.apply(functions, values));
		} catch (error) {
			throw refusal(`The arguments of the template's {{${name}}} are not valid.`, messageOf(error));
		}
	};
	if (drawnEachTime.has(module)) return draw;
	const words = Array.from({ length: vocabularySize }, draw);
	return () => words[faker.number.int(vocabularySize - 1)] ?? "";
}

/** Faker's modules bind their functions to each instance. */
function functionNames(functions: object): string[] {
	const names = new Set([...Object.keys(functions), ...Object.getOwnPropertyNames(Object.getPrototypeOf(functions))]);
	return [...names].filter((name) => /^[a-z]/.test(name) && name !== "constructor" && name !== "faker").sort();
}

function parseArguments(name: string, args: string | undefined): unknown[] {
	try {
		return JSON.parse(`[${args ?? ""}]`) as unknown[];
	} catch (error) {
		throw refusal(`The arguments of the template's {{${name}}} are not valid JSON.`, messageOf(error));
	}
}

/** As it stands between quotes, or for itself where it is a number, a list or an object. */
function textOf(value: unknown): string {
	if (value instanceof Date) return value.toISOString();
	if (typeof value === "object" && value !== null) return JSON.stringify(value);
	return JSON.stringify(String(value)).slice(1, -1);
}

function assertJson(record: string): void {
	try {
		JSON.parse(record);
	} catch (error) {
		throw refusal("The template does not produce valid JSON.", `${messageOf(error)}: ${record.slice(0, 200)}`);
	}
}

function refusal(what: string, why: string): PipelineError {
	return new PipelineError("usage", {
		what,
		why,
		fix: 'Correct the template. Placeholders have the form {{module.function}} or {{module.function({"name": value})}}; see https://fakerjs.dev/api.',
	});
}
