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
 * The foreign keys by which rows of tables in these schemas change and that is in no binlog: InnoDB itself changes the rows of the
 * children. MySQL 9.6 and newer do it above InnoDB, unless innodb_native_foreign_keys is on, and log them. A child in another schema
 * counts where it is a parent of one of these tables, at first or second hand.
 * @returns undefined where the server logs all of them.
 */
export async function readCascades(query: Query, schemas: readonly string[]): Promise<Cascade[] | undefined> {
	const [native] = await query("SHOW GLOBAL VARIABLES LIKE 'innodb\\_native\\_foreign\\_keys'");
	if (/^(OFF|0)$/i.test(String(native?.Value ?? ""))) return undefined;
	const rows = leadingTo(schemas, await readKeys(query, schemas));
	return rows.length === 0 ? [] : inReadableForm(query, () => cascadesOf(query, rows));
}

interface KeyColumn {
	name: string;
	child: Table;
	parent: Table;
	/** The parent's column. */
	field: string;
}

/** The columns of all foreign keys of schemas, and of those that they refer to. */
async function readKeys(query: Query, schemas: readonly string[]): Promise<KeyColumn[]> {
	const found: KeyColumn[] = [];
	const asked = new Set<string>();
	for (let wanted = [...schemas]; wanted.length > 0; ) {
		for (const schema of wanted) asked.add(schema);
		// MariaDB shows the keys to users who may only read, but not their actions (REFERENTIAL_CONSTRAINTS).
		const rows = await query(
			`SELECT TABLE_SCHEMA AS s, TABLE_NAME AS t, CONSTRAINT_NAME AS name, REFERENCED_TABLE_SCHEMA AS ps,
				REFERENCED_TABLE_NAME AS pt, REFERENCED_COLUMN_NAME AS field
			FROM information_schema.KEY_COLUMN_USAGE
			WHERE TABLE_SCHEMA IN (?) AND REFERENCED_TABLE_NAME IS NOT NULL ORDER BY 1, 2, 3, ORDINAL_POSITION`,
			[wanted],
		);
		for (const { s, t, name, ps, pt, field } of rows) {
			const [child, parent] = [
				{ schema: String(s), table: String(t) },
				{ schema: String(ps), table: String(pt) },
			];
			found.push({ name: String(name), child, parent, field: String(field) });
		}
		wanted = [...new Set(found.map(({ parent }) => parent.schema))].filter((schema) => !asked.has(schema));
	}
	return found;
}

/** Those whose child is a table of the schemas, or a parent of one, at whatever hand. */
function leadingTo(schemas: readonly string[], keys: readonly KeyColumn[]): KeyColumn[] {
	const matters = new Set(
		keys
			.map(({ child }) => child)
			.filter(({ schema }) => schemas.includes(schema))
			.map(qualifiedName),
	);
	for (let before = -1; before < matters.size; ) {
		before = matters.size;
		for (const { child, parent } of keys) if (matters.has(qualifiedName(child))) matters.add(qualifiedName(parent));
	}
	return keys.filter(({ child }) => matters.has(qualifiedName(child)));
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

async function cascadesOf(query: Query, keys: readonly KeyColumn[]): Promise<Cascade[]> {
	const found = new Map<string, Cascade & { columns: string[] }>();
	const actions = new Map<string, Map<string, Actions> | undefined>();
	for (const { name, child, parent, field } of keys) {
		const place = qualifiedName(child);
		if (!actions.has(place)) actions.set(place, await readActions(query, child));
		const ofTable = actions.get(place);
		if (ofTable === undefined) continue;
		const action = ofTable.get(name) ?? unknownAction;
		if (!(action.onDelete || action.onUpdate)) continue;
		const id = JSON.stringify([place, name]);
		const cascade = found.get(id) ?? { child, parent, columns: [], ...action };
		cascade.columns.push(field);
		found.set(id, cascade);
	}
	return [...found.values()];
}

type Actions = Pick<Cascade, "onDelete" | "onUpdate">;

/** A key that SHOW CREATE TABLE words in a way that is not known here: a reload too many is better than a row that is wrong. */
const unknownAction: Actions = { onDelete: true, onUpdate: true };

/** @returns undefined where the table is not there any more; nothing of its keys where the user may not read it. */
async function readActions(query: Query, table: Table): Promise<Map<string, Actions> | undefined> {
	try {
		const [row] = await query(`SHOW CREATE TABLE ${qualifiedName(table)}`);
		return foreignKeyActions(String(row?.["Create Table"] ?? ""));
	} catch (error) {
		// Dropped since the keys were listed.
		if (errorCode(error) === "ER_NO_SUCH_TABLE") return undefined;
		if (errorCode(error) === "ER_TABLEACCESS_DENIED_ERROR") return new Map();
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
