import { rawColumns } from "../../etl/contract/contract.ts";
import type { DefinedTable, Pipeline } from "../../etl/contract/pipeline/pipeline.ts";

/** A rule of a DMS table mapping, as DMS spells it. */
export interface MappingRule {
	"rule-type": "selection" | "transformation";
	"rule-id": string;
	"rule-name": string;
	"rule-target"?: "column";
	"rule-action":
		| "include"
		| "exclude"
		| "add-column"
		| "add-before-image-columns"
		| "remove-column"
		| "include-column"
		| "data-masking-hash-mask";
	"object-locator": { "schema-name": string; "table-name": string; "column-name"?: string };
	value?: string;
	expression?: string;
	"data-type"?: { type: "string"; length: number };
	"before-image-def"?: { "column-prefix": string; "column-suffix": string; "column-filter": "pk-only" };
}

type Rule = Omit<MappingRule, "rule-id" | "rule-name">;

/** What a definition says of the source, as far as DMS needs it. */
export type Mapped = Pick<Pipeline, "schemas" | "tables" | "columns">;

/**
 * Which tables DMS replicates, which of their columns it leaves out or hashes, and the columns it adds to them: rules by
 * pattern, so that their number is not that of the tables. What DMS cannot do is refused by `dmsRefusals`.
 *
 * https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html
 * https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Masking.html
 *
 * Before images: the AWS documentation's pages on `add-before-image-columns` speak of Kinesis and Kafka, and of "supported
 * targets" without a list; that the rule fills columns of an S3 target is shown by AWS support with its output at
 * https://repost.aws/questions/QUfXtCkhI9SGepdNLbsqTzjQ/how-to-determine-which-record-was-updated-when-primary-key-is-updated
 * Those of the primary key tell the jobs the key that the server has.
 */
export function tableMappings({ schemas, tables, columns }: Mapped): { rules: MappingRule[] } {
	const rules = [
		...schemas.flatMap(({ name, include, exclude }) => [
			...include.map((pattern) => selection("include", name, pattern)),
			...exclude.map((pattern) => selection("exclude", name, pattern)),
		]),
		...schemas.flatMap(({ name }) => [
			{
				...ofColumns("add-column", located(name, "%")),
				value: rawColumns.changeSequence,
				expression: "$AR_H_CHANGE_SEQ",
				"data-type": { type: "string" as const, length: 50 },
			},
			{
				...ofColumns("add-before-image-columns", located(name, "%")),
				"before-image-def": {
					"column-prefix": rawColumns.beforeImagePrefix,
					"column-suffix": "",
					"column-filter": "pk-only" as const,
				},
			},
			...columnRules(located(name, "%"), columns),
		]),
		...tables.flatMap((table) => tableRules(table, columns)),
	];
	return {
		rules: rules.map((rule, at) => {
			const { "rule-type": type, ...rest } = rule;
			const id = String(at + 1);
			return { "rule-type": type, "rule-id": id, "rule-name": id, ...rest };
		}),
	};
}

type Locator = MappingRule["object-locator"];

function selection(action: "include" | "exclude", schema: string, pattern: string): Rule {
	const table = pattern.split("*").map(literal).join("%");
	return { "rule-type": "selection", "rule-action": action, "object-locator": located(schema, table) };
}

/** @param general what is done with columns of any table: DMS takes one rule for a column. */
function tableRules({ schema, table, columns, onlyColumns }: DefinedTable, general: Mapped["columns"]): Rule[] {
	const locator = located(schema, literal(table));
	const own = Object.fromEntries(Object.entries(columns).filter(([name, action]) => general[name] !== action));
	const listed = (onlyColumns ?? []).map((name) => ofColumns("include-column", withColumn(locator, name)));
	return [...listed, ...columnRules(locator, own)];
}

function columnRules(locator: Locator, columns: Mapped["columns"]): Rule[] {
	const actions = { drop: "remove-column", hash: "data-masking-hash-mask" } as const;
	return Object.entries(columns).flatMap(([name, action]) =>
		action === "keep" ? [] : [ofColumns(actions[action], withColumn(locator, name))],
	);
}

function ofColumns(action: MappingRule["rule-action"], locator: Locator): Rule {
	return {
		"rule-type": "transformation",
		"rule-target": "column",
		"rule-action": action,
		"object-locator": locator,
	};
}

function located(schema: string, table: string): Locator {
	return { "schema-name": literal(schema), "table-name": table };
}

function withColumn(locator: Locator, column: string): Locator {
	return { ...locator, "column-name": literal(column) };
}

/**
 * A name, of which no character stands for others.
 * https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Wildcards.html
 */
function literal(name: string): string {
	return name.replaceAll(/[_%[]/g, "[$&]");
}
