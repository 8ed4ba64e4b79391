import type { ColumnAction } from "../../../../../etl/contract/pipeline/pipeline.ts";
import type { ChangedTable } from "../../../../common/rulesChanged.ts";
import type { ChosenTables, TableCheckpoint } from "./checkpoint.ts";
import { isChosen, type Rules } from "./rules.ts";
import { type TableName, tableId } from "./tableName.ts";

/**
 * What a definition says otherwise than the tables were loaded by: their values of before are in the lake.
 * @param foldsCase whether the source compares names of tables without case.
 */
export function ruleChanges(rules: Rules, tables: readonly TableCheckpoint[], foldsCase = false): ChangedTable[] {
	return tables.flatMap((table): ChangedTable[] => {
		const place = { schema: table.schema, table: table.table };
		if (!rules.isSelected(table, foldsCase)) return [{ ...place, what: "left out" }];
		return table.columns.flatMap(({ name, action, withheld }) => {
			const was: ColumnAction = action ?? "keep";
			const said = rules.said(table, name);
			const now = said ?? unsaid(rules, table, was, withheld);
			return now === was ? [] : [{ ...place, what: `${name}: ${now}, before ${was}` }];
		});
	});
}

/** What is done with a column that the definition does not name. */
function unsaid(
	rules: Rules,
	table: TableName,
	was: ColumnAction,
	withheld: "new" | "renamed" | undefined,
): ColumnAction {
	if (withheld === "renamed") return was;
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
