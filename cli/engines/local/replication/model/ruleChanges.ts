import type { ColumnAction } from "../../../../../etl/contract/pipeline/pipeline.ts";
import type { ChangedTable } from "../../../../common/rulesChanged.ts";
import type { ChosenTables, FormerTable, TableCheckpoint } from "./checkpoint.ts";
import { computedFrom } from "./computedColumns.ts";
import { isChosen, isSame, type RuledTable, type Rules, stricter } from "./rules.ts";
import { type TableName, tableId } from "./tableName.ts";

/**
 * What a definition says otherwise than the tables were loaded by: their values of before are in the lake.
 * @param foldsCase whether the source compares names of tables without case.
 * @param former tables that left.
 */
export function ruleChanges(
	rules: Rules,
	tables: readonly TableCheckpoint[],
	foldsCase = false,
	former: readonly FormerTable[] = [],
): ChangedTable[] {
	const ofFormer = former.flatMap((table) => formerChanges(rules, table, tables));
	return [
		...tables.flatMap((table): ChangedTable[] => {
			const place = { schema: table.schema, table: table.table };
			if (!rules.isSelected(table, foldsCase)) return [{ ...place, what: "excluded" }];
			const changes = table.columns.flatMap(({ name, action, withheld, outdated }) => {
				const was: ColumnAction = action ?? "keep";
				const said = rules.said(table, name);
				const now = (said === "keep" && outdated ? undefined : said) ?? unsaid(rules, table, was, withheld);
				return now === was ? [] : [`${name}: ${now}, previously ${was}`];
			});
			return [...changes, ...inFiles(rules, table), ...published(rules, table)].map((what) => ({ ...place, what }));
		}),
		...ofFormer,
	];
}

/** Of tables that are not there any more: what is withheld now by their name, or by one that they had later. */
function formerChanges(rules: Rules, former: FormerTable, tables: readonly TableCheckpoint[]): ChangedTable[] {
	const { schema, table, columns } = former;
	const heirs = tables.filter(({ formerly = [] }) => formerly.some((name) => tableId(name) === tableId(former)));
	return columns.flatMap((name) => {
		const now = [former, ...heirs].map((one) => rules.action(one, name)).reduce(stricter);
		return now === "keep" ? [] : [{ schema, table, what: `${name}: ${now}, previously keep` }];
	});
}

/** Columns that left before the definition withheld them: files from before have their values. */
function inFiles(rules: Rules, table: TableCheckpoint): string[] {
	return (table.left ?? [])
		.filter(({ name }) => !table.columns.some((column) => isSame(column.name, name)))
		.flatMap(({ name }) => {
			const now = rules.action(table, name);
			return now === "keep" ? [] : [`${name}: ${now}, previously keep`];
		});
}

/** Kept columns that are computed from withheld ones. */
function published(rules: Rules, table: TableCheckpoint): string[] {
	const kept = table.columns.filter(({ action }) => action === undefined);
	const withheld = table.columns.filter(({ action }) => action !== undefined).map(({ name }) => name);
	return computedFrom(kept, withheld)
		.filter((name) => rules.said(table, name) === undefined)
		.map((name) => `${name}: drop, previously keep`);
}

/** What is done with a column that the definition does not name. */
function unsaid(
	rules: Rules,
	table: RuledTable,
	was: ColumnAction,
	withheld: TableCheckpoint["columns"][number]["withheld"],
): ColumnAction {
	if (withheld === "renamed" || withheld === "generated") return was;
	if (rules.hasList(table)) return "drop";
	if (withheld === "new") return rules.newColumns(table) === "include" ? "keep" : "drop";
	return "keep";
}

/** Tables of the source that the definition chooses now, and did not when the others were loaded. */
export function newlyChosen(
	rules: Rules,
	before: ChosenTables | undefined,
	existing: readonly TableName[],
	known: ReadonlyMap<string, TableCheckpoint>,
	foldsCase: boolean,
): TableName[] {
	return existing.filter(
		(name) =>
			rules.isSelected(name, foldsCase) &&
			!known.has(tableId(name)) &&
			before !== undefined &&
			!isChosen(before, name, foldsCase),
	);
}
