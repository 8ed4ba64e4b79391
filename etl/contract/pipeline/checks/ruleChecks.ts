import type { Finding, Path } from "../mistakes.ts";
import type { Parts, TablePart } from "../parts.ts";
import type { Severity } from "../pipeline.ts";
import { type RuleEntry, ruleKinds } from "../tableSchema.ts";
import { readDuration, readTableName } from "../values.ts";
import { badTableName, notReplicated, withheld } from "./lookups.ts";

export type RuleKind = keyof typeof ruleKinds;

export const ruleNames = Object.keys(ruleKinds) as readonly string[] as readonly RuleKind[];

/** Kinds that an entry of `rules` has; a right one has one. */
export function kindsOf(rule: RuleEntry): RuleKind[] {
	return ruleNames.filter((name) => rule[name] !== undefined);
}

/** Columns of the table that a rule is about. */
export function columnsOf(rule: RuleEntry): readonly string[] {
	const named = rule.not_null ?? rule.unique;
	if (named !== undefined) return typeof named === "string" ? [named] : named;
	const column = (rule.accepted_values ?? rule.relationships ?? rule.range)?.column;
	return column === undefined ? [] : [column];
}

/** What is wrong with a table's rules that no schema can say. */
export function ruleChecks(
	{ name, entry, rules }: Pick<TablePart, "name" | "entry" | "rules">,
	{ schemas, columns: defaults, severity }: Pick<Parts, "schemas" | "columns" | "severity">,
): Finding[] {
	return rules.flatMap(({ entry: rule, path: place }) => {
		const kinds = kindsOf(rule);
		if (kinds.length !== 1) return [severalKinds(place, kinds)];
		const lost = columnsOf(rule).filter((column) => withheld(entry, column, defaults));
		return [
			...lost.map((column) => ({
				path: place,
				what: `The column ${JSON.stringify(column)} is not replicated because of columns, so a rule cannot check it.`,
				fix: "Remove the rule, or keep or hash the column.",
			})),
			...severityChecks(rule, place, severity),
			...limitChecks(rule, place),
			...referenceChecks(rule, place, readTableName(name)?.schema, schemas),
		];
	});
}

function severalKinds(path: Path, kinds: readonly RuleKind[]): Finding {
	return {
		path,
		what: kinds.length === 0 ? "The rule is empty." : `The rule is of several kinds: ${kinds.join(", ")}.`,
		allowed: ruleNames,
		fix:
			kinds.length === 0
				? "Start it with one of these, for example - not_null: email"
				: "Make each one a separate list entry.",
	};
}

/** Severity of a rule: one that says when it is an error is none that only warns, whatever the default. */
export function severityOf(rule: RuleEntry, byDefault: Severity): Severity {
	return rule.severity ?? (rule.error_if === undefined ? byDefault : "error");
}

function severityChecks(rule: RuleEntry, path: Path, byDefault: Severity): Finding[] {
	if (severityOf(rule, byDefault) === "error") {
		if (rule.warn_if === undefined || rule.error_if !== undefined) return [];
		return [
			{
				path: [...path, "warn_if"],
				what: "It has no effect, because with severity error any row that breaks the rule is an error.",
				fix: "Add severity: warn, or set error_if to the number of rows that is an error.",
			},
		];
	}
	if (rule.error_if === undefined) return [];
	return [
		{
			path: [...path, "error_if"],
			what: "It has no effect, because the severity is warn.",
			fix: "Remove it, or the severity.",
		},
	];
}

function limitChecks(rule: RuleEntry, path: Path): Finding[] {
	const limits = rule.range ?? rule.row_count;
	const kind = rule.range === undefined ? "row_count" : "range";
	if (limits !== undefined) {
		if (limits.min === undefined && limits.max === undefined) {
			return [{ path: [...path, kind], what: "Neither min nor max is set.", fix: "Add one of them, or both." }];
		}
		if (limits.min !== undefined && limits.max !== undefined && limits.min > limits.max) {
			return [
				{ path: [...path, kind], what: `min (${limits.min}) is greater than max (${limits.max}).`, fix: "Swap them." },
			];
		}
	}
	return rule.freshness === undefined ? [] : freshnessChecks(rule.freshness, [...path, "freshness"]);
}

function freshnessChecks(freshness: NonNullable<RuleEntry["freshness"]>, path: Path): Finding[] {
	const given = Object.entries(freshness);
	if (given.length === 0) {
		return [
			{
				path,
				what: "Neither warn_after nor error_after is set.",
				fix: "Add one of them, for example warn_after: 2 hours",
			},
		];
	}
	const bad = given.filter(([, text]) => readDuration(text) === undefined);
	if (bad.length > 0) {
		return bad.map(([name, text]) => ({
			path: [...path, name],
			what: `${JSON.stringify(text)} is not a valid duration.`,
			fix: "Write a whole number of minutes, hours or days, for example 2 hours.",
		}));
	}
	const [warn, error] = [freshness.warn_after, freshness.error_after].map((text) => readDuration(text ?? ""));
	if (warn === undefined || error === undefined || warn < error) return [];
	return [{ path, what: "The warning would come after the error.", fix: "Make warn_after shorter than error_after." }];
}

function referenceChecks(
	rule: RuleEntry,
	path: Path,
	schema: string | undefined,
	schemas: Parts["schemas"],
): Finding[] {
	if (rule.relationships === undefined) return [];
	const place = [...path, "relationships", "to"];
	const { to } = rule.relationships;
	const found = referredTable(to, schema);
	if (found === undefined) return [badTableName(place, to)];
	return notReplicated(found, place, schemas);
}

/** The table that a relationship refers to: `schema.table`, or a table of the same schema. */
export function referredTable(to: string, schema: string | undefined): ReturnType<typeof readTableName> {
	const named = readTableName(to);
	if (named !== undefined) return named;
	return schema !== undefined && !/[.`]/.test(to) ? { schema, table: to } : undefined;
}
