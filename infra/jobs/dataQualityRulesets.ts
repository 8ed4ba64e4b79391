import type { Dataset, TableDefinition, TableRule } from "../../etl/contract/datasets.ts";
import { catalogName } from "../../etl/definition/tables.ts";

/**
 * A table's quality rules in AWS Glue's Data Quality Definition Language, for its current table: what the jobs check
 * before they publish it. They say the same as the jobs' rules as far as DQDL can; for `relationships` see there. It
 * knows neither a severity nor a number of rows that may break a rule: an evaluation fails a rule that one row breaks.
 * https://docs.aws.amazon.com/glue/latest/dg/dqdl.html
 *
 * @param dataset where the table is
 * @param others tables that rules refer to
 * @param rawBucket name of the raw zone's bucket, whose files `freshness` is about
 * @throws Error where a number or a name cannot be written in DQDL
 */
export function dataQualityRuleset(
	table: TableDefinition,
	dataset: Dataset,
	others: readonly Dataset[],
	rawBucket: string,
): string {
	const rawFolder = `s3://${rawBucket}/${dataset.schema}/${table.name}/`;
	const rules = (table.rules ?? []).flatMap((rule) => dqdl(rule, others, rawFolder));
	return `Rules = [\n${rules.map((rule) => `    ${rule}`).join(",\n")}\n]`;
}

function dqdl(rule: TableRule, others: readonly Dataset[], rawFolder: string): string[] {
	switch (rule.kind) {
		case "not_null":
			return rule.columns.map((column) => `IsComplete ${quoted(column)}`);
		case "unique": {
			// `IsUnique` takes one column only; among rows without nulls, a primary key is what is unique.
			const type = rule.columns.length === 1 ? "IsUnique" : "IsPrimaryKey";
			return [`${type} ${rule.columns.map(quoted).join(" ")} ${whereFilled(rule.columns)}`];
		}
		case "accepted_values":
			return [`ColumnValues ${quoted(rule.column)} in ${set(rule.values)} ${whereFilled([rule.column])}`];
		case "relationships": {
			// Other than in the jobs, a null may count as lost, as DQDL has no `where` here, and AWS names numeric columns only.
			// Whoever evaluates the ruleset gives the other table as an additional data source, under its name in the catalog.
			// https://docs.aws.amazon.com/glue/latest/dg/dqdl-rule-types-ReferentialIntegrity.html
			const tables = others.find(({ schema }) => schema === rule.to.schema)?.tables;
			const parent = tables?.find(({ name }) => name === rule.to.table);
			const alias = parent ? catalogName(parent) : rule.to.table.toLowerCase();
			return [
				`ReferentialIntegrity ${quoted(part(rule.column))} ${quoted(`${part(alias)}.${part(rule.field)}`)} = 1.0`,
			];
		}
		case "range":
			// Two rules, as `between` leaves out both its ends.
			return bounds(rule).map((bound) => `ColumnValues ${quoted(rule.column)} ${bound} ${whereFilled([rule.column])}`);
		case "row_count":
			return bounds(rule).map((bound) => `RowCount ${bound}`);
		case "freshness":
			// Not `DataFreshness`, which needs a date in every row: the rule is about files, and one new file is enough.
			// https://docs.aws.amazon.com/glue/latest/dg/dqdl-rule-types-FileFreshness.html
			return [rule.errorAfter ?? rule.warnAfter].flatMap((seconds) =>
				seconds === undefined
					? []
					: `FileFreshness ${quoted(rawFolder)} >= (now() - ${hours(seconds)} hours) with threshold > 0.0`,
			);
		default:
			return rule satisfies never;
	}
}

/** A string of DQDL. Its grammar knows these two escapes only. */
function quoted(text: string): string {
	return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

/** As in SQL, a null breaks neither a range nor uniqueness; DQDL would have it fail. The condition is Spark SQL. */
function whereFilled(columns: readonly string[]): string {
	const filled = columns.map((column) => `\`${column.replaceAll("`", "``")}\` is not null`);
	return `where ${quoted(filled.join(" and "))}`;
}

function bounds({ min, max }: { min?: number; max?: number }): string[] {
	return [...(min === undefined ? [] : [`>= ${number(min)}`]), ...(max === undefined ? [] : [`<= ${number(max)}`])];
}

/** DQDL has no exponents. */
function number(value: number): string {
	const text = String(value);
	if (!/^-?\d+(\.\d+)?$/.test(text)) throw new Error(`${text} cannot be written in a Glue Data Quality rule`);
	return text;
}

/** The least whole hours that some seconds fit in: DQDL's units are days and hours. */
function hours(seconds: number): string {
	return String(Math.ceil(seconds / 3600));
}

/** Values of a set: DQDL has sets of whole numbers without a sign, and sets of strings. */
function set(values: readonly (string | number | boolean)[]): string {
	const counts = values.every((value) => typeof value === "number" && Number.isSafeInteger(value) && value >= 0);
	return `[${values.map((value) => (counts ? String(value) : quoted(String(value)))).join(", ")}]`;
}

/** A name within `alias.column`, where commas, periods and braces have a meaning that nothing takes from them. */
function part(name: string): string {
	if (/[,.{}]/.test(name)) throw new Error(`${name} cannot be named in Glue's ReferentialIntegrity`);
	return name;
}
