import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { repeatedIn } from "../contract/pipeline/checks/lookups.ts";
import { kindsOf, ruleChecks } from "../contract/pipeline/checks/ruleChecks.ts";
import { findingsOf } from "../contract/pipeline/issues.ts";
import { key, section, text } from "../contract/pipeline/key.ts";
import type { Finding, Mistake } from "../contract/pipeline/mistakes.ts";
import { Positions } from "../contract/pipeline/positions.ts";
import { type RuleEntry, rule, type severities } from "../contract/pipeline/tableSchema.ts";

export const headerSchema = z.strictObject({
	description: key(text.exactOptional(), "What the table holds", "Revenue of each month"),
	primary_key: key(
		z.array(text).min(1, "must name a column").exactOptional(),
		"Columns whose combined values are unique and never null",
		["month"],
	),
	rules: key(section(z.array(rule)), "What must be true of the rows before the table is published", [
		{ not_null: "revenue" },
	]),
	tags: key(section(z.array(text)), "Tags for selecting models, as in --select tag:finance", ["finance"]),
});

export interface Header {
	description?: string;
	primaryKey: readonly string[];
	rules: readonly RuleEntry[];
	tags: readonly string[];
	/** Where a rule is in the file, by its number. */
	placeOf: (rule: number) => { line: number; column: number };
}

/** A model's file: its header, what is wrong in that, and the SQL, in the lines of the file. */
export interface Parts {
	header: Header;
	mistakes: Mistake[];
	sql: string;
}

/**
 * Reads the header of a model: the comment at its beginning, of lines with `--` or between the signs of a block comment, is
 * YAML. One that is a sentence is the description.
 */
export function readHeader(content: string, file: string, severity: (typeof severities)[number]): Parts {
	const { lines, prefixes, first, end } = comment(content);
	const counter = new LineCounter();
	const document = parseDocument(lines.join("\n"), { lineCounter: counter, prettyErrors: false, version: "1.2" });
	const positions = new Positions(document, counter);
	const inFile = ({ line, column }: { line: number; column: number }) => ({
		line: line + first,
		column: column + (prefixes[line - 1] ?? 0),
	});
	const sql = content
		.split("\n")
		.map((line, at) => (at < end ? "" : line))
		.join("\n");
	const failed = (mistakes: Mistake[]): Parts => ({
		header: { primaryKey: [], rules: [], tags: [], placeOf: () => inFile({ line: 1, column: 1 }) },
		mistakes,
		sql,
	});
	const [error] = document.errors;
	if (error !== undefined) {
		const why = error.message.replace(/\.?$/, ".");
		const fix =
			"Correct the YAML. Put text that contains a colon in quotes, and other comments below the first line of the SELECT.";
		const what = `The header is not valid YAML: ${why}`;
		return failed([{ file, path: [], what, fix, ...inFile(positions.at(error.pos[0])) }]);
	}
	const value: unknown = document.toJS() ?? {};
	const asked = typeof value === "string" ? { description: value.trim() } : value;
	const parsed = headerSchema.safeParse(asked);
	const placed = (findings: readonly Finding[]): Mistake[] =>
		findings.map((finding) => ({ ...finding, file, ...inFile(positions.of(finding.path)) }));
	if (!parsed.success) return failed(placed(findingsOf(headerSchema, asked, parsed.error)));
	const { description, primary_key: primaryKey = [], rules, tags } = parsed.data;
	const header: Header = {
		...(description === undefined ? {} : { description }),
		primaryKey,
		rules: rules ?? [],
		tags: tags ?? [],
		placeOf: (number) => inFile(positions.of(["rules", number])),
	};
	return {
		header,
		mistakes: placed([...repeatedIn(primaryKey, ["primary_key"], "column"), ...ruleMistakes(header.rules, severity)]),
		sql,
	};
}

function ruleMistakes(rules: readonly RuleEntry[], severity: (typeof severities)[number]): Finding[] {
	const parts = rules.map((entry, at) => ({ entry, path: ["rules", at] }));
	return [
		...ruleChecks({ name: "model", entry: {}, rules: parts }, { schemas: undefined, columns: {}, severity }).filter(
			// What a relationship refers to is looked up among models, too.
			({ path }) => path.at(-1) !== "to",
		),
		...parts
			.filter(({ entry }) => kindsOf(entry).includes("freshness"))
			.map(({ path }) => ({
				path: [...path, "freshness"],
				what: "freshness checks files of the raw zone, and a model has none.",
				fix: "Remove it, or move it to the rules of the table that the model reads.",
			})),
	];
}

interface Comment {
	/** What is in it, line by line, and how many characters stand before that in the file. */
	lines: string[];
	prefixes: number[];
	/** Lines of the file before it, and up to its end. */
	first: number;
	end: number;
}

function comment(content: string): Comment {
	const all = content.split("\n").map((line) => line.replace(/\r$/, ""));
	const start = all.findIndex((line) => line.trim() !== "");
	const none = { lines: [], prefixes: [], first: 0, end: 0 };
	if (start < 0) return none;
	const opening = /^(\s*\/\*)(?!\+)/.exec(all[start] ?? "");
	if (opening !== null) {
		const last = all.findIndex((line, at) => at >= start && line.includes("*/"));
		const rest = last < 0 ? "" : (all[last] ?? "").split("*/").slice(1).join("*/");
		// A comment within a line of the SELECT, or one without an end, is the SQL's.
		if (last < 0 || rest.trim() !== "") return none;
		const lines = all.slice(start, last + 1);
		const prefixes = lines.map((_, at) => (at === 0 ? (opening[1]?.length ?? 0) : 0));
		const inner = lines.map((line, at) => line.slice(prefixes[at]).split("*/")[0] ?? "");
		return { lines: inner, prefixes, first: start, end: last + 1 };
	}
	const length = all.slice(start).findIndex((line) => !line.trimStart().startsWith("--"));
	const end = length < 0 ? all.length : start + length;
	const lines = all.slice(start, end);
	const prefixes = lines.map((line) => /^\s*-- ?/.exec(line)?.[0].length ?? 0);
	return { lines: lines.map((line, at) => line.slice(prefixes[at])), prefixes, first: start, end };
}
