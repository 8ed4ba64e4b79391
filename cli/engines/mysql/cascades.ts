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
	const found = new Map<string, Cascade & { columns: string[] }>();
	const actions = new Map<string, Map<string, Actions>>();
	for (const row of rows) {
		const child = { schema: String(row.s), table: String(row.t) };
		const place = qualifiedName(child);
		const ofTable = actions.get(place) ?? (await readActions(query, child));
		actions.set(place, ofTable);
		const action = ofTable.get(String(row.name));
		if (action === undefined || !(action.onDelete || action.onUpdate)) continue;
		const id = JSON.stringify([place, row.name]);
		const parent = { schema: String(row.ps), table: String(row.pt) };
		const cascade = found.get(id) ?? { child, parent, columns: [], ...action };
		cascade.columns.push(String(row.field));
		found.set(id, cascade);
	}
	return [...found.values()];
}

type Actions = Pick<Cascade, "onDelete" | "onUpdate">;

async function readActions(query: Query, table: Table): Promise<Map<string, Actions>> {
	try {
		const [row] = await query(`SHOW CREATE TABLE ${qualifiedName(table)}`);
		return foreignKeyActions(String(row?.["Create Table"] ?? ""));
	} catch (error) {
		// Dropped since the keys were listed.
		if (errorCode(error) === "ER_NO_SUCH_TABLE") return new Map();
		throw error;
	}
}

const constraint =
	/^\s*CONSTRAINT `((?:[^`]|``)+)` FOREIGN KEY .*?(?: ON DELETE (CASCADE|SET NULL|SET DEFAULT|RESTRICT|NO ACTION))?(?: ON UPDATE (CASCADE|SET NULL|SET DEFAULT|RESTRICT|NO ACTION))?,?$/;
const changesRows = /^(CASCADE|SET)/;

/** What a table's foreign keys do, by their names. @param sql as SHOW CREATE TABLE gives it: a line for each. */
export function foreignKeyActions(sql: string): Map<string, Actions> {
	const found = new Map<string, Actions>();
	for (const line of sql.split("\n")) {
		const [, name, onDelete = "", onUpdate = ""] = constraint.exec(line) ?? [];
		if (name === undefined) continue;
		found.set(name.replaceAll("``", "`"), {
			onDelete: changesRows.test(onDelete),
			onUpdate: changesRows.test(onUpdate),
		});
	}
	return found;
}
