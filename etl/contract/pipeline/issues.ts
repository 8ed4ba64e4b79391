import { z } from "zod";
import { type Finding, type Path, pathText } from "./mistakes.ts";
import { nearNames } from "./nearNames.ts";

type Issue = z.core.$ZodIssue;

/** Words of other tools, and ours for them. */
const otherKeys: Readonly<Record<string, string>> = {
	cases: "accepted_values",
	checks: "rules",
	constraints: "rules",
	cron: "schedule",
	data_tests: "rules",
	databases: "schemas",
	foreign_key: "relationships",
	interval: "schedule",
	key: "primary_key",
	keys: "primary_key",
	kind: "type",
	mask: "columns",
	masking: "columns",
	pk: "primary_key",
	quality: "rules",
	redact: "columns",
	references: "relationships",
	select: "include",
	skip: "exclude",
	sql: "query",
	streams: "tables",
	tests: "rules",
	transformations: "columns",
	unit: "format",
};
const otherValues: Readonly<Record<string, string>> = {
	allow: "include",
	block: "fail",
	critical: "error",
	evolve: "include",
	exclude: "drop",
	freeze: "fail",
	hide: "drop",
	mask: "hash",
	omit: "drop",
	redact: "drop",
	remove: "drop",
	sha256: "hash",
	warning: "warn",
};

/** What zod found in a document of a schema, as findings. @param value the document. */
export function findingsOf(schema: z.ZodType, value: unknown, error: z.ZodError): Finding[] {
	const found = error.issues.flatMap((issue) => findings(schema, value, issue, []));
	// A key that was misspelt is one mistake, not also that the right one is missing.
	const misspelt = new Set(
		found.flatMap(({ path, meant }) => (meant === undefined ? [] : pathText([...path.slice(0, -1), meant]))),
	);
	return found
		.filter(({ path, isMissing }) => !(isMissing && misspelt.has(pathText(path))))
		.map(({ isMissing: _, ...finding }) => finding);
}

interface Found extends Finding {
	isMissing?: boolean;
}

function findings(schema: z.ZodType, value: unknown, issue: Issue, above: Path): Found[] {
	const path = [...above, ...issue.path.map((part) => (typeof part === "number" ? part : String(part)))];
	const found = valueAt(value, path);
	switch (issue.code) {
		case "unrecognized_keys":
			return issue.keys.map((key) => unknownKey(schemasAt(schema, path), path, key));
		case "invalid_union": {
			if (found === undefined) return [missing(schema, path)];
			const branch = likeliest(issue.errors, found);
			if (branch !== undefined) return branch.flatMap((inner) => findings(schema, value, inner, path));
			const expected = issue.errors.flat().flatMap((inner) => (inner.code === "invalid_type" ? [inner.expected] : []));
			return [wrongType(schema, path, expected, found)];
		}
		case "invalid_type":
			return [found === undefined ? missing(schema, path) : wrongType(schema, path, [issue.expected], found)];
		case "invalid_value":
			return [found === undefined ? missing(schema, path) : wrongValue(path, issue.values.map(String), found)];
		case "invalid_key":
			return [{ path, what: "The name is empty.", fix: example(schema, path.slice(0, -1)) }];
		default:
			return [{ path, what: `${quoted(found)} ${messageOf(issue)}.`, fix: example(schema, path) }];
	}
}

function messageOf(issue: Issue): string {
	if (issue.code === "too_small" && ["int", "number"].includes(issue.origin)) return `is less than ${issue.minimum}`;
	return issue.message;
}

function unknownKey(schemas: readonly z.ZodType[], path: Path, name: string): Finding {
	const allowed = [
		...new Set(schemas.flatMap(cores).flatMap((core) => (core instanceof z.ZodObject ? Object.keys(core.shape) : []))),
	];
	const meant = likeName(name, allowed, otherKeys);
	return {
		path: [...path, name],
		what: `Unknown key ${JSON.stringify(name)}.`,
		allowed,
		meant,
		fix: meant === undefined ? "Remove it, or write one of these." : `Write ${meant}.`,
	};
}

function wrongValue(path: Path, allowed: readonly string[], found: unknown): Finding {
	const meant = typeof found === "string" ? likeName(found, allowed, otherValues) : undefined;
	return {
		path,
		what: `${quoted(found)} is not allowed.`,
		allowed,
		meant,
		fix: `Write ${meant ?? "one of these"}.`,
	};
}

function wrongType(schema: z.ZodType, path: Path, expected: readonly string[], found: unknown): Finding {
	const wanted = [...new Set(expected.map((name) => typeNames[name] ?? name))];
	const isPlain = typeof found === "number" || typeof found === "boolean";
	const fix =
		isPlain && wanted.includes("text")
			? `Write it in quotes: ${JSON.stringify(String(found))}.`
			: example(schema, path);
	return { path, what: `It must be ${wanted.join(" or ")}, but is ${typeOf(found)}.`, fix };
}

function missing(schema: z.ZodType, path: Path): Found {
	const name = String(path.at(-1) ?? "");
	return {
		path,
		isMissing: true,
		what: `${JSON.stringify(name)} is missing.`,
		fix: `Add it: ${description(schema, path)}${example(schema, path)}`,
	};
}

/** What a key is for, by its schema. */
function description(schema: z.ZodType, path: Path): string {
	const text = schemasAt(schema, path)
		.map((found) => found.meta()?.description)
		.find((found) => found !== undefined);
	return text === undefined ? "" : `${text}. `;
}

/** A right value, by the examples of the nearest schema that has some. */
function example(schema: z.ZodType, path: Path): string {
	for (let length = path.length; length > 0; length -= 1) {
		const at = path.slice(0, length);
		const examples = schemasAt(schema, at).flatMap((found) => found.meta()?.examples ?? []);
		const name = at.findLast((part) => typeof part === "string");
		if (examples.length > 0) return `For example: ${name}: ${plain(examples[0])}`;
	}
	return "Start with the keys name and source.";
}

/** A value as YAML in one line. */
function plain(value: unknown): string {
	if (typeof value === "string") return /^[\w./-][\w ./()-]*$/.test(value) ? value : JSON.stringify(value);
	if (Array.isArray(value)) return `[${value.map(plain).join(", ")}]`;
	if (typeof value !== "object" || value === null) return String(value);
	return `{ ${Object.entries(value)
		.map(([name, inner]) => `${plain(name)}: ${plain(inner)}`)
		.join(", ")} }`;
}

function likeName(
	name: string,
	allowed: readonly string[],
	others: Readonly<Record<string, string>>,
): string | undefined {
	const snake = name
		.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
		.replaceAll(/[-\s]/g, "_")
		.replace(/^_/, "");
	const known = [snake, others[snake]].find((word) => word !== undefined && allowed.includes(word));
	return known ?? nearNames(snake, allowed, 1)[0];
}

/** The branch of a union whose type fits, and of these the one with the fewest issues; undefined where no type fits. */
function likeliest(branches: readonly (readonly Issue[])[], found: unknown): readonly Issue[] | undefined {
	// One of some texts is never a mapping or a list.
	const isOther = ({ code }: Issue): boolean =>
		code === "invalid_type" || (code === "invalid_value" && typeof found === "object");
	const fitting = branches.filter((issues) => !issues.some((issue) => issue.path.length === 0 && isOther(issue)));
	return [...fitting].sort((a, b) => a.length - b.length)[0];
}

/** Schemas that may stand at a path; several where there is a choice. */
function schemasAt(schema: z.ZodType, path: Path): z.ZodType[] {
	return path.reduce<z.ZodType[]>(
		(found, part) => found.flatMap(cores).flatMap((core) => within(core, part)),
		[schema],
	);
}

function within(core: z.core.$ZodType, part: string | number): z.ZodType[] {
	let inner: unknown;
	if (core instanceof z.ZodObject) inner = core.shape[part];
	else if (core instanceof z.ZodRecord) inner = core.valueType;
	else if (core instanceof z.ZodArray) inner = core.element;
	return inner instanceof z.ZodType ? [inner] : [];
}

/** What stands behind optional, nullable and lazy schemas, and all that a union may be. */
function cores(schema: z.core.$ZodType): z.core.$ZodType[] {
	if (schema instanceof z.ZodUnion) return schema.options.flatMap(cores);
	if (
		schema instanceof z.ZodExactOptional ||
		schema instanceof z.ZodOptional ||
		schema instanceof z.ZodNullable ||
		schema instanceof z.ZodLazy
	) {
		return cores(schema.unwrap());
	}
	return [schema];
}

function valueAt(value: unknown, path: Path): unknown {
	return path.reduce<unknown>(
		(at, part) => (typeof at === "object" && at !== null ? Reflect.get(at, part) : undefined),
		value,
	);
}

const typeNames: Readonly<Record<string, string>> = {
	string: "text",
	number: "a number",
	int: "a whole number",
	boolean: "true or false",
	array: "a list",
	object: "a mapping of keys",
	record: "a mapping of names",
	null: "nothing",
};

function typeOf(value: unknown): string {
	if (value === null || value === undefined) return "empty";
	if (Array.isArray(value)) return "a list";
	if (typeof value === "object") return "a mapping";
	return typeof value === "string"
		? `the text ${JSON.stringify(value)}`
		: `${typeof value === "number" ? "the number" : ""} ${String(value)}`.trim();
}

function quoted(value: unknown): string {
	if (Array.isArray(value)) return "The list";
	return typeof value === "object" && value !== null ? "The mapping" : JSON.stringify(value);
}
