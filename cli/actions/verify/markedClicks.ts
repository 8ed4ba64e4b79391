import type { ClickType } from "../../../etl/contract/pipeline/schema.ts";
import { PipelineError } from "../../common/errors.ts";

/** A field of a click that a query shows as one value. */
export interface ClickField {
	/** Names from the click to the field. */
	path: readonly string[];
	type: string;
}

export interface MarkedClicks {
	/** Clicks as they are sent. */
	records: unknown[];
	/** The field with the mark. */
	marked: ClickField;
	/** Fields that are compared where a query shows them. */
	fields: readonly ClickField[];
}

/** Begins the mark of every such click. */
export const verificationMark = "pipeline-cli-verify-";

/** In every other text of a click, so that charts and queries can leave them out. */
export const verificationWord = "Verification";

/** What a quote, a line end or a letter beyond ASCII could break on the way. */
const awkward = (index: number): string => `"quoted", two\nlines, ü ${index}`;

/**
 * Clicks of the definition's fields.
 * @throws PipelineError where no field can hold the mark.
 */
export function markedClicks(schema: Readonly<Record<string, ClickType>>, mark: string, count: number): MarkedClicks {
	const fields = scalars(schema, []);
	const texts = fields.filter(({ type }) => type === "string");
	const [marked] = texts;
	if (marked === undefined) {
		throw new PipelineError("usage", {
			what: "Clicks have no field for the mark by which verify-clicks recognises its own clicks.",
			why: "clicks.schema has no field of type string outside lists.",
			fix: "Add one to clicks.schema in pipeline.yaml and to the clicks, for example page: string",
			next: "pipeline-cli verify-clicks",
		});
	}
	const last = texts.at(-1);
	const value = (path: readonly string[], type: string, number: number): unknown => {
		if (type !== "string") return sample(type, number);
		if (isSame(path, marked.path)) return `${mark}-${number}`;
		return last !== undefined && isSame(path, last.path) ? awkward(number) : verificationWord;
	};
	const records = Array.from({ length: count }, (_, index) => {
		const make = (type: ClickType, path: readonly string[]): unknown => {
			if (typeof type === "string") return value(path, type, index + 1);
			if (Array.isArray(type)) return type.map((inner) => make(inner, [...path, ""]));
			return Object.fromEntries(Object.entries(type).map(([name, inner]) => [name, make(inner, [...path, name])]));
		};
		return make(schema, []);
	});
	return { records, marked, fields: fields.filter(({ type }) => isCompared(type)) };
}

/** The value of a field in a click, as queries show it. */
export function shownValue(click: unknown, { path, type }: ClickField): string {
	let value = click;
	for (const name of path) value = typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
	return shown(value, type);
}

/** A value as it is compared: engines print the same number in several ways. */
export function shown(value: unknown, type: string): string {
	if (value === null || value === undefined) return "null";
	return type === "string" || type === "boolean" ? String(value) : String(Number(value));
}

/** Fields, and those within them, that are one value; lists have no place of their own in a query. */
function scalars(schema: Readonly<Record<string, ClickType>>, above: readonly string[]): ClickField[] {
	return Object.entries(schema).flatMap(([name, type]) => {
		const path = [...above, name];
		if (typeof type === "string") return [{ path, type }];
		return Array.isArray(type) ? [] : scalars(type, path);
	});
}

/** Times are texts in JSON that each catalog reads in its own way; the raw zone has them as they were sent. */
function isCompared(type: string): boolean {
	return !["date", "timestamp", "binary"].includes(type);
}

function sample(type: string, number: number): unknown {
	if (type === "boolean") return number % 2 === 1;
	if (type === "int" || type === "bigint") return number;
	if (type === "date") return `2026-01-0${number}`;
	if (type === "timestamp") return `2026-01-0${number} 10:20:30.5`;
	if (type === "binary") return "AAEC";
	const [, digits = "", scale = "0"] = /^decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(type) ?? [];
	if (digits === "") return number + 0.5;
	// All digits behind the point: a number below 1.
	if (Number(digits) === Number(scale)) return number / 10;
	return Number(scale) === 0 ? number : number + 0.5;
}

function isSame(path: readonly string[], other: readonly string[]): boolean {
	return path.length === other.length && path.every((name, index) => name === other[index]);
}
