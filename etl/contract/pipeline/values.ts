/** Texts within a definition that have a form of their own. Each reader gives undefined for a text that has not. */

const units = { minute: 60, hour: 3600, day: 86_400 } as const;

/** Seconds of `5 minutes`, `hour` or `2 days`. */
export function readDuration(text: string): number | undefined {
	const [, count = "1", unit] = /^(?:(\d+) +)?(minute|hour|day)s?$/.exec(text.trim()) ?? [];
	const seconds = Number(count) * (units[unit as keyof typeof units] ?? 0);
	return seconds > 0 ? seconds : undefined;
}

/** Where a table is at the source. */
export interface TableName {
	schema: string;
	table: string;
}

/** `schema.table`; a name with a dot in it stands between backticks. */
export function readTableName(text: string): TableName | undefined {
	const part = "`((?:[^`]|``)+)`|([^.`]+)";
	const [, quotedSchema, schema, quotedTable, table] = new RegExp(`^(?:${part})\\.(?:${part})$`).exec(text) ?? [];
	const names = [quotedSchema?.replaceAll("``", "`") ?? schema, quotedTable?.replaceAll("``", "`") ?? table];
	return names[0] !== undefined && names[1] !== undefined ? { schema: names[0], table: names[1] } : undefined;
}

/** Whether a name fits a pattern, in which `*` stands for any characters. */
export function fits(name: string, pattern: string): boolean {
	const parts = pattern.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
	return new RegExp(`^${parts.join(".*")}$`, "s").test(name);
}

export interface Place {
	zone: "raw" | "processed";
	prefix: string;
}

/** `zone/prefix`; a zone alone is all of it. */
export function readPlace(text: string): Place | undefined {
	const [, zone, prefix = ""] = /^(raw|processed)(?:\/(.+?))?\/?$/.exec(text) ?? [];
	const safe = !prefix.split("/").some((part) => part === ".." || part === ".");
	return (zone === "raw" || zone === "processed") && safe ? { zone, prefix } : undefined;
}

/** Whether a path stays below the folder that it is relative to. */
export function isBelow(path: string): boolean {
	return !/^([/\\]|[A-Za-z]:)/.test(path) && !path.split(/[/\\]/).includes("..");
}

const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const cronFields = [
	{ name: "minute", min: 0, max: 59, names: [] },
	{ name: "hour", min: 0, max: 23, names: [] },
	{ name: "day of month", min: 1, max: 31, names: [] },
	{ name: "month", min: 1, max: 12, names: months },
	{ name: "day of week", min: 0, max: 7, names: days },
] as const;

/** The values that each field of a cron expression names, in order; Sunday is 0. The expression must have no fault. */
export function cronValues(text: string): number[][] {
	const found = text.trim().split(/\s+/);
	return cronFields.map((field, at) => {
		const parts = (found[at] ?? "").split(",").map((part) => partValues(part, field));
		const values = parts.flat().map((value) => (field.name === "day of week" ? value % 7 : value));
		return [...new Set(values)].sort((a, b) => a - b);
	});
}

/** Why a text is not a cron expression that both engines know; undefined where it is one. */
export function cronFault(text: string): string | undefined {
	const fields = text.trim().split(/\s+/);
	if (fields.length !== cronFields.length) {
		return `has ${fields.length} fields, but cron has 5: ${cronFields.map(({ name }) => name).join(", ")}`;
	}
	for (const [at, field] of cronFields.entries()) {
		const found = fields[at] ?? "";
		if (!found.split(",").every((part) => isCronPart(part, field))) {
			return `has the ${field.name} ${found}, which must be from ${field.min} to ${field.max}`;
		}
	}
	// EventBridge has no "or" of the two.
	return fields[2] !== "*" && fields[4] !== "*"
		? "sets both day of month and day of week, but AWS allows only one of them"
		: undefined;
}

type CronField = (typeof cronFields)[number];

const cronPart = /^(\*|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/;

function cronNumber(text: string, field: CronField): number {
	const at = (field.names as readonly string[]).indexOf(text.toUpperCase());
	return at >= 0 ? at + field.min : /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

function isCronPart(part: string, field: CronField): boolean {
	const [, range, first, last, step] = cronPart.exec(part) ?? [];
	if (range === undefined) return false;
	const value = (text: string): number => cronNumber(text, field);
	const within = (number: number): boolean => number >= field.min && number <= field.max;
	if (step !== undefined && !(Number(step) >= 1 && Number(step) <= field.max)) return false;
	if (first === undefined) return true;
	if (!within(value(first))) return false;
	return last === undefined || (within(value(last)) && value(first) <= value(last));
}

/** As cron(8): `5/15` counts from 5 to the end of the field, `5` is 5 alone. */
function partValues(part: string, field: CronField): number[] {
	const [, , first, last, step] = cronPart.exec(part) ?? [];
	const from = first === undefined ? field.min : cronNumber(first, field);
	const open = first === undefined || (last === undefined && step !== undefined);
	const to = open ? field.max : last === undefined ? from : cronNumber(last, field);
	const values: number[] = [];
	for (let value = from; value <= to; value += Number(step ?? 1)) values.push(value);
	return values;
}

/** Whether the IANA data has a time zone of this name. AWS takes names only, no offsets, and upper and lower case as they are. */
export function isTimezone(name: string): boolean {
	if (!/^[A-Z][^/]*(\/[A-Z][^/]*)*$/.test(name)) return false;
	try {
		const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
		return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
	} catch {
		return false;
	}
}

/** Formats of a chart's measure that are not currencies. */
export const plainFormats = ["number", "percent"] as const;

/** Whether a text is `number`, `percent`, or a currency by its ISO 4217 code. */
export function isFormat(text: string): boolean {
	if ((plainFormats as readonly string[]).includes(text)) return true;
	return /^[a-z]{3}$/.test(text) && Intl.supportedValuesOf("currency").includes(text.toUpperCase());
}
