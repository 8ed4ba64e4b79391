import { z } from "zod";
import { columnAction, isReplicated, type Pipeline } from "../contract/pipeline/pipeline.ts";
import { columnActions, newcomers } from "../contract/pipeline/tableSchema.ts";

const newcomer = z.enum(newcomers);
const actions = z.record(z.string(), z.enum(columnActions));

/** What a definition says of the source's tables and columns, as it is kept with what was loaded by it. */
export const sourceRules = z.object({
	schemas: z.array(
		z.object({
			name: z.string(),
			include: z.array(z.string()),
			exclude: z.array(z.string()),
			newTables: newcomer,
			newColumns: newcomer,
		}),
	),
	columns: actions,
	tables: z.array(
		z.object({
			schema: z.string(),
			table: z.string(),
			columns: actions,
			onlyColumns: z.array(z.string()).exactOptional(),
		}),
	),
});

export type SourceRules = z.infer<typeof sourceRules>;

export function sourceRulesOf({ schemas, columns, tables }: Pipeline): SourceRules {
	return {
		schemas: schemas.map(({ name, include, exclude, newTables, newColumns }) => ({
			...{ name, newTables, newColumns },
			...{ include: [...include], exclude: [...exclude] },
		})),
		columns: { ...columns },
		tables: tables.flatMap(({ schema, table, columns: said, onlyColumns }) =>
			Object.keys(said).length === 0 && onlyColumns === undefined
				? []
				: [{ schema, table, columns: { ...said }, ...(onlyColumns && { onlyColumns: [...onlyColumns] }) }],
		),
	};
}

/**
 * What a definition says otherwise of tables than they were loaded by.
 * @param tables those that were loaded.
 */
export function changedRules(
	before: SourceRules,
	now: SourceRules,
	tables: readonly { schema: string; table: string }[],
): { schema: string; table: string; what: string }[] {
	const [was, is] = [before, now].map(asPipeline) as [Pipeline, Pipeline];
	return tables.flatMap(({ schema, table }) => {
		const name = { schema, table };
		if (!isReplicated(is, name)) return isReplicated(was, name) ? [{ ...name, what: "excluded" }] : [];
		const lists = [before, now].map((rules) => listOf(rules, name));
		if ((lists[0] === undefined) !== (lists[1] === undefined)) {
			return [
				{ ...name, what: lists[1] === undefined ? "no list of columns, previously a list" : "a list of columns" },
			];
		}
		const columns = new Set([before, now].flatMap((rules) => namedColumns(rules, name)));
		return [...columns].flatMap((column) => {
			const [old, current] = [columnAction(was, name, column), columnAction(is, name, column)];
			return old === current ? [] : [{ ...name, what: `${column}: ${current}, previously ${old}` }];
		});
	});
}

function asPipeline({ schemas, columns, tables }: SourceRules): Pipeline {
	return {
		...{ name: "", severity: "error", jobs: [], charts: [] },
		...{ schemas, columns },
		tables: tables.map((table) => ({ ...table, rules: [] })),
	};
}

function tableOf(
	rules: SourceRules,
	name: { schema: string; table: string },
): SourceRules["tables"][number] | undefined {
	return rules.tables.find(({ schema, table }) => schema === name.schema && table === name.table);
}

function listOf(rules: SourceRules, name: { schema: string; table: string }): readonly string[] | undefined {
	return tableOf(rules, name)?.onlyColumns;
}

function namedColumns(rules: SourceRules, name: { schema: string; table: string }): string[] {
	const { columns = {}, onlyColumns = [] } = tableOf(rules, name) ?? {};
	return [...Object.keys(rules.columns), ...Object.keys(columns), ...onlyColumns];
}
