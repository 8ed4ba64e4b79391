import type { Check, SourceConnection } from "../port.ts";
import { notChecked } from "./doctor/checks.ts";

/** What DMS needs of a source, and the local replicator does not. */
export async function dmsSourceChecks(
	{ query }: Pick<SourceConnection, "query">,
	schemas: readonly string[],
	timeZone: string | undefined,
): Promise<Check[]> {
	if (schemas.length === 0) return [];
	// CONVERT_TZ knows SYSTEM too, whose name says little: GMT is London's in winter, and IST is three countries'.
	const times = summerAndWinter(new Date());
	const offset = (time: Date): string => {
		const text = time.toISOString().slice(0, 19).replace("T", " ");
		return `TIMESTAMPDIFF(MINUTE, CONVERT_TZ('${text}', @@global.time_zone, '+00:00'), '${text}')`;
	};
	const [zones] = await query(
		`SELECT @@global.time_zone AS zone, @@system_time_zone AS host, ${times.map((time, index) => `${offset(time)} AS offset${index}`).join(", ")}`,
	);
	const [columns] = await query(
		"SELECT COUNT(*) AS n FROM information_schema.COLUMNS WHERE TABLE_SCHEMA IN (?) AND DATA_TYPE = 'timestamp'",
		[schemas],
	);
	const tables = await query(
		"SELECT TABLE_SCHEMA AS s, TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA IN (?) AND TABLE_NAME LIKE '\\_%' ORDER BY 1, 2",
		[schemas],
	);
	return [
		timeZoneCheck(
			{
				name: /^system$/i.test(String(zones?.zone)) ? String(zones?.host) : String(zones?.zone),
				offsets: times.map((_, index) => minutes(zones?.[`offset${index}`])),
			},
			Number(columns?.n ?? 0),
			timeZone === undefined ? undefined : { name: timeZone, offsets: times.map((time) => offsetOf(timeZone, time)) },
		),
		limitsCheck(tables.map(({ s, t }) => [String(s), String(t)])),
	];
}

/** A zone, and how many minutes it is ahead of UTC in January and July; undefined where that is not known. */
export interface Zone {
	name: string;
	offsets: readonly (number | undefined)[];
}

/** Moments that tell zones apart that have the same offset for a part of the year. */
export function summerAndWinter(now: Date): Date[] {
	return [0, 6].map((month) => new Date(Date.UTC(now.getUTCFullYear(), month, 15, 12)));
}

/** Minutes that an IANA zone is ahead of UTC; undefined where this Node does not know it. */
export function offsetOf(zone: string, time: Date): number | undefined {
	try {
		const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(time);
		const text = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
		const [, sign, hours, rest] = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(text) ?? [];
		return (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(rest ?? 0));
	} catch (error) {
		if (error instanceof RangeError) return undefined;
		throw error;
	}
}

function minutes(value: unknown): number | undefined {
	return value === null || value === undefined ? undefined : Number(value);
}

const inUtc: readonly number[] = [0, 0];

/**
 * DMS takes the times of TIMESTAMP columns for UTC, and where the server's zone is another, those of a full load and those of
 * changes differ. https://repost.aws/knowledge-center/dms-migrate-mysql-non-utc
 *
 * @param columns how many TIMESTAMP columns are replicated
 * @param configured what DMS was given; undefined for UTC
 */
export function timeZoneCheck(server: Zone, columns: number, configured: Zone | undefined): Check {
	const name = "time zone";
	if (columns === 0) return { name, ok: true, found: `${server.name}, no TIMESTAMP columns` };
	const taken = configured?.offsets ?? inUtc;
	const as = configured === undefined ? "UTC" : configured.name;
	const found = `${server.name}, but DMS reads ${columns} TIMESTAMP ${columns === 1 ? "column" : "columns"} as ${as}`;
	const isKnown = [...server.offsets, ...taken].every((offset) => offset !== undefined);
	if (!isKnown && server.name !== configured?.name) {
		const fix =
			"Compare the two time zones by hand: SELECT @@global.time_zone, @@system_time_zone; pulumi config get sourceTimeZone";
		return notChecked(name, `${found}; cannot determine whether they are the same`, fix);
	}
	if (!isKnown || taken.every((offset, index) => offset === server.offsets[index])) return { name, ok: true, found };
	const set = server.offsets.every((offset) => offset === 0)
		? "Remove sourceTimeZone from the stack's configuration: pulumi config rm sourceTimeZone && pulumi up"
		: "Set the server's time zone, such as Asia/Kolkata: pulumi config set sourceTimeZone ZONE && pulumi up";
	return { name, ok: false, found, fix: `${set}. Then reload all tables: pipeline-cli replication start --reload` };
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
		warning: `Online schema change tools finish with RENAME TABLE, which DMS does not replicate. Reload the table afterwards: pipeline-cli replication reload ${reload}`,
	};
}
