import { errorCode, messageOf } from "../../common/errors.ts";
import type { Check, SourceConnection } from "../port.ts";
import type { SourceAccess } from "./access.ts";
import { qualifiedName, quoteAccount, quoteName } from "./quote.ts";
import { isMariaDb } from "./server.ts";

/** What `SHOW GRANTS` says: privileges in capitals, and what they are on. */
interface Grant {
	privileges: readonly string[];
	on: string;
}

/** Whether the user may read the schemas, see the binary log's position, and read it. */
export async function grantChecks(
	connection: SourceConnection,
	access: SourceAccess,
	version: string,
): Promise<Check[]> {
	const lines = await connection.query(await showGrants(connection, version));
	const texts = lines.map((row) => String(Object.values(row)[0]));
	const grants = texts.flatMap(parseGrant);
	const revoked = texts.flatMap(parseRevoke);
	const account = await currentAccount(connection);
	const checks: Check[] = [];
	for (const schema of access.schemas) checks.push(await selectCheck(connection, account, schema));
	checks.push(
		globalCheck(grants, account, "REPLICATION SLAVE", ["REPLICATION SLAVE", "REPLICATION REPLICA"]),
		globalCheck(grants, account, isMariaDb(version) ? "BINLOG MONITOR" : "REPLICATION CLIENT", [
			"BINLOG MONITOR",
			"REPLICATION CLIENT",
			"SUPER",
		]),
	);
	// On MySQL the snapshot holds a short LOCK TABLES while it reads the position.
	if (!isMariaDb(version)) {
		for (const schema of access.schemas) checks.push(lockCheck(grants, revoked, account, schema));
	}
	return checks;
}

/** MariaDB shows what a role brings by itself; MySQL when the roles are named. */
async function showGrants(connection: SourceConnection, version: string): Promise<string> {
	if (isMariaDb(version)) return "SHOW GRANTS";
	const [row] = await connection.query("SELECT CURRENT_ROLE() AS roles");
	const roles = String(row?.roles);
	return roles === "NONE" ? "SHOW GRANTS" : `SHOW GRANTS FOR CURRENT_USER() USING ${roles}`;
}

/** Reads one line of `SHOW GRANTS`; a grant of a role is none. */
export function parseGrant(line: string): Grant[] {
	const match = /^GRANT (.+?) ON (?:TABLE )?((?:`(?:[^`]|``)+`|\*)\.(?:`(?:[^`]|``)+`|\*)) TO /.exec(line);
	if (match?.[1] === undefined || match[2] === undefined) return [];
	// Column lists, `SELECT (a, b)`, do not grant the table.
	const privileges = match[1].split(/,\s*(?![^(]*\))/).map((privilege) => privilege.trim().toUpperCase());
	return [{ privileges, on: match[2] }];
}

/** Reads what MySQL's partial_revokes takes from a global grant: REVOKE … ON `schema`.* FROM …. */
export function parseRevoke(line: string): Grant[] {
	return parseGrant(line.replace(/^REVOKE /, "GRANT ").replace(/ FROM (?=[`'"])/, " TO ")).filter(() =>
		line.startsWith("REVOKE "),
	);
}

/** Whether one of the privileges is granted on everything, or on the schema, whose grant may hold wildcards. */
export function isGranted(grants: readonly Grant[], wanted: readonly string[], schema?: string): boolean {
	return grants.some(
		({ privileges, on }) =>
			(on === "*.*" || (schema !== undefined && coversSchema(on, schema))) &&
			(privileges.some((privilege) => /^ALL( PRIVILEGES)?$/.test(privilege)) ||
				privileges.some((privilege) => wanted.includes(privilege))),
	);
}

function coversSchema(on: string, schema: string): boolean {
	const name = /^`((?:[^`]|``)+)`\.\*$/.exec(on)?.[1]?.replaceAll("``", "`");
	if (name === undefined) return false;
	const pattern = name
		.match(/\\.|[^\\]/gsu)
		?.map((part) => {
			if (part === "%") return ".*";
			if (part === "_") return ".";
			return part.slice(-1).replace(/[.*+?^${}()|[\]\\]/, "\\$&");
		})
		.join("");
	return new RegExp(`^${pattern}$`, "s").test(schema);
}

function globalCheck(grants: readonly Grant[], account: string, name: string, wanted: readonly string[]): Check {
	if (isGranted(grants, wanted)) return { name: `grant ${name}`, ok: true, found: "granted" };
	return { name: `grant ${name}`, ok: false, found: "not granted", fix: `GRANT ${name} ON *.* TO ${account};` };
}

function lockCheck(grants: readonly Grant[], revoked: readonly Grant[], account: string, schema: string): Check {
	const name = `grant LOCK TABLES on ${schema}`;
	// A revocation takes from what is granted on everything, not from what is granted on the schema.
	const ofSchema = grants.filter(({ on }) => on !== "*.*");
	const counting = isGranted(revoked, ["LOCK TABLES"], schema) ? ofSchema : grants;
	if (isGranted(counting, ["LOCK TABLES"], schema)) return { name, ok: true, found: "granted" };
	const fix = `GRANT LOCK TABLES ON ${quoteName(schema)}.* TO ${account};`;
	return { name, ok: false, found: "not granted", fix };
}

/** Reads from every table instead of asking for grants: a privilege may come by a role, a wildcard or a single table. */
async function selectCheck(connection: SourceConnection, account: string, schema: string): Promise<Check> {
	const name = `SELECT on ${schema}`;
	const grant = `GRANT SELECT ON ${quoteName(schema)}.* TO ${account};`;
	const visible = await connection.query(
		"SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?",
		[schema],
	);
	if (visible.length === 0) {
		const fix = `CREATE DATABASE ${quoteName(schema)}; (pipeline-cli source seed does so for the sample schemas), or name another one with --schema, or let the user see it: ${grant}`;
		return { name, ok: false, found: "the schema does not exist, or the user may not see it", fix };
	}
	const tables = await connection.query(
		"SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE'",
		[schema],
	);
	const refused: string[] = [];
	const broken: string[] = [];
	for (const table of tables) {
		const tableName = String(table.name);
		try {
			// All columns: the binlog has them all, also those that a grant leaves out.
			// The client refuses a result with a column `__proto__`: all columns are asked for, and none comes.
			await connection.query(
				`SELECT 1 FROM (SELECT * FROM ${qualifiedName({ schema, table: tableName })} LIMIT 0) AS every_column`,
			);
		} catch (error) {
			const isRefused = refusals.has(errorCode(error) ?? "");
			(isRefused ? refused : broken).push(`${tableName} (${messageOf(error)})`);
		}
	}
	if (tables.length === 0) {
		const warning = `${schema} has no tables that the user may see. If it has tables: ${grant}`;
		return { name, ok: true, found: "0 tables", warning };
	}
	const left = tables.length - refused.length - broken.length;
	if (left === tables.length) return { name, ok: true, found: `${left} tables` };
	if (refused.length === tables.length) return { name, ok: false, found: `refused for ${some(refused)}`, fix: grant };
	const warning = [
		"Tables that cannot be read are in error, and the others are replicated. To leave them out, exclude them in the definition.",
		...(refused.length === 0 ? [] : [`Refused: ${some(refused)}; to read them: ${grant}`]),
		...(broken.length === 0 ? [] : [`Damaged, or incomplete: ${some(broken)}.`]),
	].join(" ");
	return { name, ok: true, found: `${left} of ${tables.length} tables`, warning };
}

/** A right is missing for a table, or for a column of it. */
const refusals = new Set(["ER_TABLEACCESS_DENIED_ERROR", "ER_COLUMNACCESS_DENIED_ERROR", "ER_DBACCESS_DENIED_ERROR"]);

/** Some of a list, and how many more there are. */
function some(list: readonly string[]): string {
	const shown = list.slice(0, 3).join(", ");
	return list.length > 3 ? `${shown} and ${list.length - 3} more` : shown;
}

/** @returns the account as GRANT takes it, with the host that the server matched. */
async function currentAccount(connection: SourceConnection): Promise<string> {
	const [row] = await connection.query("SELECT CURRENT_USER() AS account");
	return quoteAccount(String(row?.account));
}
