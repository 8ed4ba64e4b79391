import { errorCode } from "../../common/errors.ts";
import { qualifiedName } from "./quote.ts";

interface Table {
	schema: string;
	table: string;
}

/** A foreign key by which a change of the parent's rows changes the child's. */
export interface Cascade {
	child: Table;
	parent: Table;
	/** The parent's columns that it refers to. */
	columns: readonly string[];
	onDelete: boolean;
	onUpdate: boolean;
}

/** Runs a statement, with values in its places. */
type Query = (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;

/**
 * The foreign keys of schemas whose cascades are in no binlog: InnoDB itself changes the rows of the children. MySQL 9.6 and newer do
 * it above InnoDB, unless innodb_native_foreign_keys is on, and log them.
 */
export async function readCascades(query: Query, schemas: readonly string[]): Promise<Cascade[]> {
	const [native] = await query("SHOW GLOBAL VARIABLES LIKE 'innodb\\_native\\_foreign\\_keys'");
	if (/^(OFF|0)$/i.test(String(native?.Value ?? ""))) return [];
	// MariaDB shows the keys to users who may only read, but not their actions (REFERENTIAL_CONSTRAINTS).
	const rows = await query(
		`SELECT TABLE_SCHEMA AS s, TABLE_NAME AS t, CONSTRAINT_NAME AS name, REFERENCED_TABLE_SCHEMA AS ps,
			REFERENCED_TABLE_NAME AS pt, REFERENCED_COLUMN_NAME AS field
		FROM information_schema.KEY_COLUMN_USAGE
		WHERE TABLE_SCHEMA IN (?) AND REFERENCED_TABLE_NAME IS NOT NULL ORDER BY 1, 2, 3, ORDINAL_POSITION`,
		[schemas],
	);
	return rows.length === 0 ? [] : inReadableForm(query, () => cascadesOf(query, rows));
}

/** Runs something while SHOW CREATE TABLE gives names in backticks, whatever the server or the user has set. */
async function inReadableForm<T>(query: Query, work: () => Promise<T>): Promise<T> {
	const set = (values: readonly unknown[]) =>
		query("SET SESSION sql_mode = ?, SESSION sql_quote_show_create = ?", [...values]);
	const [before] = await query("SELECT @@SESSION.sql_mode AS mode, @@SESSION.sql_quote_show_create AS quotes");
	await set(["", 1]);
	try {
		return await work();
	} finally {
		await set([before?.mode ?? "", Number(before?.quotes ?? 1)]);
	}
}

/** @param rows the columns of all foreign keys. */
async function cascadesOf(query: Query, rows: readonly Record<string, unknown>[]): Promise<Cascade[]> {
	const found = new Map<string, Cascade & { columns: string[] }>();
	const actions = new Map<string, Map<string, Actions> | undefined>();
	for (const row of rows) {
		const child = { schema: String(row.s), table: String(row.t) };
		const place = qualifiedName(child);
		if (!actions.has(place)) actions.set(place, await readActions(query, child));
		const ofTable = actions.get(place);
		if (ofTable === undefined) continue;
		const action = ofTable.get(String(row.name)) ?? unknownAction;
		if (!(action.onDelete || action.onUpdate)) continue;
		const id = JSON.stringify([place, row.name]);
		const parent = { schema: String(row.ps), table: String(row.pt) };
		const cascade = found.get(id) ?? { child, parent, columns: [], ...action };
		cascade.columns.push(String(row.field));
		found.set(id, cascade);
	}
	return [...found.values()];
}

type Actions = Pick<Cascade, "onDelete" | "onUpdate">;

/** A key that SHOW CREATE TABLE words in a way that is not known here: a reload too many is better than a row that is wrong. */
const unknownAction: Actions = { onDelete: true, onUpdate: true };

/** @returns undefined where the table is not there any more. */
async function readActions(query: Query, table: Table): Promise<Map<string, Actions> | undefined> {
	try {
		const [row] = await query(`SHOW CREATE TABLE ${qualifiedName(table)}`);
		return foreignKeyActions(String(row?.["Create Table"] ?? ""));
	} catch (error) {
		// Dropped since the keys were listed.
		if (errorCode(error) === "ER_NO_SUCH_TABLE") return undefined;
		throw error;
	}
}

const constraint =
	/^\s*CONSTRAINT `((?:[^`]|``)+)` FOREIGN KEY \((?:`(?:[^`]|``)+`(?:, )?)+\) REFERENCES (?:`(?:[^`]|``)+`\.?)+ \((?:`(?:[^`]|``)+`(?:, )?)+\)(?: ON DELETE ([A-Z ]+?))?(?: ON UPDATE ([A-Z ]+))?,?$/;
const leavesRows = ["", "RESTRICT", "NO ACTION"];

/** What a table's foreign keys do, by their names. @param sql as SHOW CREATE TABLE gives it: a line for each. */
export function foreignKeyActions(sql: string): Map<string, Actions> {
	const found = new Map<string, Actions>();
	for (const line of sql.split("\n")) {
		const [, name, onDelete = "", onUpdate = ""] = constraint.exec(line) ?? [];
		if (name === undefined) continue;
		found.set(name.replaceAll("``", "`"), {
			onDelete: !leavesRows.includes(onDelete),
			onUpdate: !leavesRows.includes(onUpdate),
		});
	}
	return found;
}
