import type { Check, SourceConnection } from "../port.ts";

/** What DMS needs of a source, and the local replicator does not. */
export async function dmsSourceChecks(
	{ query }: Pick<SourceConnection, "query">,
	schemas: readonly string[],
	timeZone: string | undefined,
): Promise<Check[]> {
	if (schemas.length === 0) return [];
	const [zones] = await query("SELECT @@global.time_zone AS zone, @@system_time_zone AS host");
	const [columns] = await query(
		"SELECT COUNT(*) AS n FROM information_schema.COLUMNS WHERE TABLE_SCHEMA IN (?) AND DATA_TYPE = 'timestamp'",
		[schemas],
	);
	const tables = await query(
		"SELECT TABLE_SCHEMA AS s, TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA IN (?) AND TABLE_NAME LIKE '\\_%' ORDER BY 1, 2",
		[schemas],
	);
	return [
		timeZoneCheck(String(zones?.zone ?? ""), String(zones?.host ?? ""), Number(columns?.n ?? 0), timeZone),
		limitsCheck(tables.map(({ s, t }) => [String(s), String(t)])),
	];
}

const utc = /^(\+00:00|-00:00|UTC|GMT|Etc\/(UTC|GMT|UCT|Universal|Zulu)|UCT|Universal|Zulu)$/i;

/**
 * DMS takes the times of TIMESTAMP columns for UTC, and where the server's zone is another, those of a full load and those of
 * changes differ. https://repost.aws/knowledge-center/dms-migrate-mysql-non-utc
 *
 * @param zone the server's; `SYSTEM` is its host's
 * @param columns how many TIMESTAMP columns are replicated
 * @param configured what DMS was given
 */
export function timeZoneCheck(zone: string, host: string, columns: number, configured: string | undefined): Check {
	const name = "time zone";
	const actual = /^system$/i.test(zone) ? host : zone;
	if (utc.test(actual)) {
		if (configured === undefined || utc.test(configured)) return { name, ok: true, found: actual };
		const fix =
			"Take sourceTimeZone from the stack's configuration and deploy: pulumi config rm sourceTimeZone && pulumi up";
		return { name, ok: false, found: `${actual}, and DMS takes it for ${configured}`, fix };
	}
	if (columns === 0) return { name, ok: true, found: `${actual}, and no TIMESTAMP columns` };
	if (configured !== undefined) return { name, ok: true, found: `${actual}, and DMS takes it for ${configured}` };
	return {
		name,
		ok: false,
		found: `${actual}, and DMS takes ${columns} TIMESTAMP ${columns === 1 ? "column" : "columns"} for UTC`,
		fix: "Name the zone, such as Asia/Kolkata: pulumi config set sourceTimeZone ZONE && pulumi up; then load again: pipeline-cli replication start --reload",
	};
}

/** Tables that gh-ost and pt-online-schema-change leave while they are at work: ghost, changelog and old table; new and old one. */
const traces = /^_(.+)_(gho|ghc|del|new|old)$/;

/** @param tables schema and name */
export function limitsCheck(tables: readonly (readonly [string, string])[]): Check {
	const name = "DMS limits";
	const found = tables.filter(([, table]) => traces.test(table));
	if (found.length === 0) return { name, ok: true, found: "no trace of gh-ost or pt-online-schema-change" };
	const changed = found.map(([schema, table]) => `${schema}.${traces.exec(table)?.[1]}`);
	const reload = [...new Set(changed)].join(" ");
	return {
		name,
		ok: true,
		found: found.map(([schema, table]) => `${schema}.${table}`).join(", "),
		warning: `Tools for online schema changes end with RENAME TABLE, which DMS does not replicate. Afterwards load again: pipeline-cli replication reload ${reload}`,
	};
}
