import { PipelineError } from "../../common/errors.ts";
import { together } from "../../common/together.ts";
import { quoteName } from "../../engines/duckdb/quote.ts";
import type { Context, Query } from "../../engines/port.ts";

export interface SilentTable {
	table: string;
	reason: string;
}

const empty =
	"it returned no rows, although a job of this run wrote some: its partitions or its location in the catalog are wrong";

/** Queries at a time: below the least quota of active queries of an account. */
const workers = 5;

/**
 * Asks every table for one row, and says which do not answer.
 * @param expected tables that must be among them.
 * @param filled tables that a job has just given rows: one of them without any has files that its entry in the catalog lacks.
 */
export async function silentTables(
	query: Query,
	tables: readonly { name: string }[],
	expected: readonly string[],
	filled: ReadonlySet<string>,
	context: Context,
): Promise<SilentTable[]> {
	const names = tables.map(({ name }) => name);
	const silent: SilentTable[] = expected
		.filter((name) => !names.includes(name))
		.map((table) => ({ table, reason: "it is not in the catalog" }));
	const rest = [...names];
	let answered = 0;
	await context.reporter.task("Query every table", async (update) => {
		await together(Array.from({ length: workers }), context, async (_, inner) => {
			for (let table = rest.shift(); table !== undefined; table = rest.shift()) {
				try {
					const { rows } = await query.run(`SELECT 1 FROM ${quoteName(table)} LIMIT 1`, inner);
					if (rows.length === 0 && filled.has(table)) silent.push({ table, reason: empty });
					else answered += 1;
				} catch (error) {
					// A table that fails is a finding; credentials, throttling or an abort end the whole work.
					if (!(error instanceof PipelineError) || !["usage", "failure"].includes(error.outcome)) throw error;
					silent.push({ table, reason: error.message });
				}
				update(`${answered} of ${names.length} tables can be read`);
			}
		});
	});
	return silent;
}
