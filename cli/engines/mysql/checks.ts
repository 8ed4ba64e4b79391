import { errorCode } from "../../common/errors.ts";
import type { Check, SourceConnection } from "../port.ts";
import type { SourceAccess } from "./access.ts";
import { binlogGaps } from "./binlogGaps.ts";
import { readCascades } from "./cascades.ts";
import { grantChecks } from "./grants.ts";
import { serverVersion } from "./server.ts";

/** Seconds of binary log that a stopped replication can count on. DMS asks for 24 hours. */
const leastRetention = 24 * 3600;

const retention = "binlog retention";

const variableNames = [
	"log_bin",
	"binlog_format",
	"binlog_row_image",
	"binlog_row_metadata",
	"server_id",
	"binlog_expire_logs_seconds",
	"expire_logs_days",
] as const;

export type Variables = Readonly<Partial<Record<(typeof variableNames)[number], string>>>;

/** Every precondition of replication, also those that hold. */
export async function runChecks(connection: SourceConnection, access: SourceAccess): Promise<Check[]> {
	const version = await serverVersion(connection);
	const variables = await readVariables(connection);
	return [
		{ name: "connection", ok: true, found: `${version} as ${access.user}` },
		...variableChecks(variables, version),
		...(variables.log_bin?.toUpperCase() === "ON" ? await gapChecks(connection, access) : []),
		...(await grantChecks(connection, access, version)),
		...(await schemaChecks(connection, access)),
		...(await cascadeChecks(connection, access)),
	];
}

/** Settings that are not as changes need them, lest they are missed or misread. How long they are kept is asked before, not at each start. */
export async function unmetSettings(connection: Pick<SourceConnection, "query">): Promise<readonly Check[]> {
	const checks = variableChecks(await readVariables(connection), await serverVersion(connection));
	return checks.filter(({ name, ok }) => !ok && name !== retention);
}

async function readVariables(connection: Pick<SourceConnection, "query">): Promise<Variables> {
	const names = variableNames.map((name) => `'${name}'`).join(", ");
	// MariaDB has no performance_schema.global_variables; this statement both understand.
	const rows = await connection.query(`SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names})`);
	return Object.fromEntries(rows.map((row) => [String(row.Variable_name), String(row.Value)]));
}

/** Checks of the server's settings. The fixes are lines for the [mysqld] section of my.cnf, or parameters of RDS. */
export function variableChecks(variables: Variables, version: string): Check[] {
	const setting = (name: keyof Variables, wanted: string, ok: boolean, fix: string): Check => {
		const found = variables[name] ?? "not supported by this server";
		return ok ? { name, ok, found } : { name, ok, found, fix: `${fix} (required: ${wanted})` };
	};
	const is = (name: keyof Variables, wanted: string): boolean => variables[name]?.toUpperCase() === wanted;
	const dynamic = (name: string): string =>
		`SET GLOBAL ${name} = 'FULL'; and ${name} = FULL in my.cnf, or in the parameter group of RDS`;
	return [
		setting(
			"log_bin",
			"ON",
			is("log_bin", "ON"),
			"Add log-bin = log to my.cnf and restart the server; on RDS, set a retention for automated backups",
		),
		setting(
			"binlog_format",
			"ROW",
			is("binlog_format", "ROW"),
			"SET GLOBAL binlog_format = 'ROW'; and binlog_format = ROW in my.cnf, or in the parameter group of RDS; sessions that are open keep the old one",
		),
		setting("binlog_row_image", "FULL", is("binlog_row_image", "FULL"), dynamic("binlog_row_image")),
		setting(
			"binlog_row_metadata",
			"FULL",
			is("binlog_row_metadata", "FULL"),
			variables.binlog_row_metadata === undefined
				? `${version} is too old: MariaDB 10.5 or MySQL 8.0.1 is required`
				: `${dynamic("binlog_row_metadata")}: without it, rows of an altered table are read with the wrong columns`,
		),
		setting(
			"server_id",
			"above 0",
			Number(variables.server_id ?? 0) > 0,
			"Add server_id = 1 to my.cnf and restart the server",
		),
		retentionCheck(variables),
	];
}

function retentionCheck(variables: Variables): Check {
	const seconds = Number(variables.binlog_expire_logs_seconds ?? 0) || Number(variables.expire_logs_days ?? 0) * 86_400;
	const found = seconds === 0 ? "kept indefinitely" : `kept for ${Math.round((seconds / 3600) * 10) / 10} hours`;
	if (seconds === 0 || seconds >= leastRetention) return { name: retention, ok: true, found };
	return {
		name: retention,
		ok: false,
		found,
		fix: "SET GLOBAL expire_logs_days = 7 (MariaDB) or binlog_expire_logs_seconds = 604800 (MySQL), and in my.cnf: replication that is stopped for longer cannot continue (required: 24 hours)",
	};
}

async function gapChecks(connection: SourceConnection, { schemas }: SourceAccess): Promise<Check[]> {
	const name = "what the binlog leaves out";
	try {
		const gaps = await binlogGaps((sql, values) => connection.query(sql, values), schemas);
		if (gaps.length === 0) return [{ name, ok: true, found: "nothing" }];
		return gaps.map((gap) => ({ name, ok: false, ...gap }));
	} catch (error) {
		// The check of rights has the same, with the grant.
		if (errorCode(error) !== "ER_SPECIFIC_ACCESS_DENIED_ERROR") throw error;
		return [];
	}
}

async function schemaChecks(connection: SourceConnection, access: SourceAccess): Promise<Check[]> {
	const checks: Check[] = [];
	for (const schema of access.schemas) {
		const tables = await connection.query(
			`SELECT TABLE_NAME AS name FROM information_schema.TABLES
			WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME`,
			[schema],
		);
		const keys = await connection.query(
			`SELECT TABLE_NAME AS name FROM information_schema.STATISTICS
			WHERE TABLE_SCHEMA = ? AND INDEX_NAME = 'PRIMARY' AND SEQ_IN_INDEX = 1`,
			[schema],
		);
		const names = (rows: readonly Record<string, unknown>[]): string[] => rows.map(({ name }) => String(name));
		checks.push({ name: `primary keys of ${schema}`, ok: true, ...keyFinding(names(tables), new Set(names(keys))) });
	}
	return checks;
}

/** Joined here: for the server's comparison, `é` and `E` are one name, though it has tables of both. */
function keyFinding(tables: readonly string[], keyed: ReadonlySet<string>): { found: string; warning?: string } {
	const keyless = tables.filter((table) => !keyed.has(table));
	if (keyless.length === 0) return { found: `all of ${tables.length} tables` };
	const found = `${tables.length - keyless.length} of ${tables.length} tables`;
	return { found, warning: `Without a primary key, so whole rows are compared: ${keyless.join(", ")}` };
}

async function cascadeChecks(connection: SourceConnection, { schemas }: SourceAccess): Promise<Check[]> {
	if (schemas.length === 0) return [];
	const name = "cascading foreign keys";
	const all = await readCascades((sql, values) => connection.query(sql, values), schemas);
	const cascades = (all ?? []).filter(({ child }) => schemas.includes(child.schema));
	if (cascades.length === 0) return [{ name, ok: true, found: "all changes are in the binlog" }];
	const children = [...new Set(cascades.map(({ child }) => `${child.schema}.${child.table}`))];
	const warning = [
		`This server does not log the changes that foreign keys (CASCADE, SET NULL) make to rows of ${children.join(", ")}.`,
		"The local replicator reloads these tables after changes of their parents; DMS misses such changes.",
	].join(" ");
	return [{ name, ok: true, found: `to ${children.length} ${children.length === 1 ? "table" : "tables"}`, warning }];
}
