import { mostClickFields } from "../../contract.ts";
import type { Finding, Path } from "../mistakes.ts";
import type { Good, Part, Parts } from "../parts.ts";
import type { ClicksEntry, ScheduleEntry } from "../schema.ts";
import { cronFault, isBelow, isTimezone, readDuration, readTableName } from "../values.ts";
import { badTableName, nearest, notReplicated, repeated } from "./lookups.ts";
import { demoChecks, verifyChecks } from "./verifyChecks.ts";

/** What is wrong with clicks, verification and schedule that no schema can say. */
export function restChecks(
	{ clicks, verify, schedule, schemas, paths, columns, tables, queries, demoQuery }: Parts,
	exists: (path: string) => boolean,
): Finding[] {
	return [
		...(clicks === undefined ? [] : clickChecks(clicks)),
		...(verify?.entry.table === undefined ? [] : tableOf(verify.entry.table, [...verify.path, "table"], schemas)),
		...(verify === undefined ? [] : verifyChecks(verify, columns, tables)),
		...(demoQuery === undefined ? [] : demoChecks(demoQuery, queries, exists)),
		...(schedule === undefined ? [] : scheduleChecks(schedule)),
		...paths.flatMap(({ entry, path }) => fileChecks(entry, path, exists)),
	];
}

function tableOf(text: string, path: Path, schemas: Parts["schemas"]): Finding[] {
	const name = readTableName(text);
	return name === undefined ? [badTableName(path, text)] : notReplicated(name, path, schemas);
}

function clickChecks({ path, entry }: Good<ClicksEntry>): Finding[] {
	if (entry.schema === undefined) return [];
	const names = Object.keys(entry.schema);
	if (names.length === 0) {
		return [
			{
				path: [...path, "schema"],
				what: "It has no fields.",
				fix: "List the fields of a click, for example page: string",
			},
		];
	}
	if (names.length > mostClickFields) {
		return [
			{
				path: [...path, "schema"],
				what: `It has ${names.length} fields, but at most ${mostClickFields} are possible.`,
				fix: "Combine fields in an object, as in details: { color: string, size: int }, which is one column",
			},
		];
	}
	const lower = names.map((name) => ({ name: name.toLowerCase(), path: [...path, "schema", name] }));
	return repeated(lower, "field (names are lower case in the catalog)");
}

function scheduleChecks({ path, entry }: Part<ScheduleEntry>): Finding[] {
	const form =
		"Write every 5 minutes, every hour or every 2 days, or a cron expression with five fields, such as 0 6 * * *.";
	if (typeof entry === "string") {
		const every = /^every +(.+)$/.exec(entry.trim())?.[1];
		if (every !== undefined)
			return readDuration(every) === undefined
				? [
						{
							path,
							what: `${JSON.stringify(entry)} is not a valid schedule: the shortest interval is every minute.`,
							fix: form,
						},
					]
				: [];
		const fault = cronFault(entry);
		return fault === undefined
			? []
			: [
					{
						path,
						what: `${JSON.stringify(entry)} ${/^[\d*]/.test(entry) ? fault : "is not a valid schedule"}.`,
						fix: form,
					},
				];
	}
	const { every, cron, timezone } = entry;
	if ((every === undefined) === (cron === undefined)) {
		return [
			{
				path,
				what: every === undefined ? "Neither every nor cron is set." : "Both every and cron are set.",
				fix: "Set one of them.",
			},
		];
	}
	const fault = cron === undefined ? undefined : cronFault(cron);
	return [
		...(every !== undefined && readDuration(every) === undefined
			? [
					{
						path: [...path, "every"],
						what: `${JSON.stringify(every)} is not a valid duration.`,
						fix: "Write a whole number of minutes, hours or days, for example 5 minutes.",
					},
				]
			: []),
		...(every !== undefined && timezone !== undefined
			? [{ path: [...path, "timezone"], what: "It has no effect with every.", fix: "Remove it." }]
			: []),
		...(fault === undefined ? [] : [{ path: [...path, "cron"], what: `${JSON.stringify(cron)} ${fault}.`, fix: form }]),
		...(timezone !== undefined && !isTimezone(timezone)
			? [
					{
						path: [...path, "timezone"],
						what: `${JSON.stringify(timezone)} is not a valid time zone.`,
						meant: nearest(timezone, Intl.supportedValuesOf("timeZone")),
						fix: "Write a name such as UTC or Europe/Berlin.",
					},
				]
			: []),
	];
}

function fileChecks(file: string, path: Path, exists: (path: string) => boolean): Finding[] {
	if (!isBelow(file)) {
		return [
			{
				path,
				what: `${JSON.stringify(file)} is outside the definition's folder.`,
				fix: "Write a path relative to that folder, without ..",
			},
		];
	}
	if (file.includes("\\"))
		return [{ path, what: `${JSON.stringify(file)} contains a backslash.`, fix: "Write / between folders." }];
	return exists(file)
		? []
		: [{ path, what: `${file} does not exist in the definition's folder.`, fix: "Create it, or correct the path." }];
}
