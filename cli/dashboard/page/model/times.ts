import type { TimeUnit } from "../../../../etl/contract/pipeline/pipeline.ts";
import type { ResultColumn } from "../../data.ts";

/** Times as queries give them: `2026-11`, `2026-11-20`, `2026-11-20 13:00:00.000 UTC`, `2026-11-20-13`. */
const time = /^(\d{4})-(\d\d)(?:-(\d\d)(?:[ T-](\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?(?: ?UTC|Z)?)?)?$/;

/** Units that no day is written in. */
const wideTime = /^\d{4}(-Q[1-4])?$/;

/** Whether values can be read as times, where the definition says that they are. */
export function areTimes(texts: readonly string[]): boolean {
	return texts.every((text) => time.test(text) || wideTime.test(text));
}

/** Whether a column holds times, by what the engine says or by how all of its values look. */
export function isTime(column: ResultColumn): boolean {
	if (column.kind !== "text") return column.kind === "time";
	return column.texts.length > 0 && column.texts.every((text) => time.test(text));
}

/** What a value of a column of times stands for, by the values. */
export function unitOf(texts: readonly string[]): TimeUnit {
	const parts = texts.map((text) => time.exec(text) ?? []);
	const isZero = (part: string | undefined): boolean => part === undefined || Number(part) === 0;
	if (!parts.every(([, , , , ...clock]) => clock.every(isZero))) return "hour";
	const days = new Set(parts.map(([, , , day]) => day));
	if (days.size !== 1) return "day";
	// The first of every month is how a query writes months; one by itself is a day.
	return days.has(undefined) || (days.has("01") && texts.length > 1) ? "month" : "day";
}

/** The unit that a time is in, as a text that sorts by time. */
export function bucketOf(text: string, unit: TimeUnit): string {
	const parts = time.exec(text);
	if (parts === null) return text;
	const [, year = "", month = "", day = "01", hour = "00"] = parts;
	switch (unit) {
		case "hour":
			return `${year}-${month}-${day} ${hour}`;
		case "day":
			return `${year}-${month}-${day}`;
		case "week":
			return dayAfter(`${year}-${month}-${day}`, -((weekday(`${year}-${month}-${day}`) + 6) % 7));
		case "month":
			return `${year}-${month}`;
		case "quarter":
			return `${year}-Q${Math.ceil(Number(month) / 3)}`;
		case "year":
			return year;
	}
}

export function nextBucket(bucket: string, unit: TimeUnit): string {
	switch (unit) {
		case "hour": {
			const next = new Date(Date.parse(`${bucket.replace(" ", "T")}:00:00Z`) + 3_600_000).toISOString();
			return next.slice(0, 13).replace("T", " ");
		}
		case "day":
			return dayAfter(bucket, 1);
		case "week":
			return dayAfter(bucket, 7);
		case "month": {
			const [year = 0, month = 0] = bucket.split("-").map(Number);
			return month === 12 ? `${year + 1}-01` : `${year}-${String(month + 1).padStart(2, "0")}`;
		}
		case "quarter": {
			const [year, quarter] = [Number(bucket.slice(0, 4)), Number(bucket.slice(6))];
			return quarter === 4 ? `${year + 1}-Q1` : `${year}-Q${quarter + 1}`;
		}
		case "year":
			return String(Number(bucket) + 1);
	}
}

/** All units from the first to the last: one without any row is shown, too. Undefined where there are more than `most`. */
export function bucketsBetween(first: string, last: string, unit: TimeUnit, most: number): string[] | undefined {
	const all: string[] = [];
	for (let bucket = first; bucket <= last; bucket = nextBucket(bucket, unit)) {
		if (all.length === most) return undefined;
		all.push(bucket);
	}
	return all;
}

/** The unit that is shown where there are too many of one. */
export function coarser(unit: TimeUnit): TimeUnit | undefined {
	const wider: Partial<Record<TimeUnit, TimeUnit>> = {
		hour: "day",
		day: "month",
		week: "month",
		month: "year",
		quarter: "year",
	};
	return wider[unit];
}

/** The last day of a unit, `YYYY-MM-DD`. */
export function lastDay(bucket: string, unit: TimeUnit): string {
	if (unit === "hour") return bucket.slice(0, 10);
	return dayAfter(firstDay(nextBucket(bucket, unit)), -1);
}

/** The first day of a unit wider than an hour, `YYYY-MM-DD`. */
export function firstDay(bucket: string): string {
	const quarter = /^(\d{4})-Q(\d)$/.exec(bucket);
	if (quarter !== null) return `${quarter[1]}-${String(Number(quarter[2]) * 3 - 2).padStart(2, "0")}-01`;
	return `${bucket}-01-01`.slice(0, 10);
}

export function dayAfter(day: string, days: number): string {
	return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

function weekday(day: string): number {
	return new Date(`${day}T00:00:00Z`).getUTCDay();
}

/** `Nov 2026`, `20 Nov 2026`, `20 Nov 13:00`, `Q4 2026`, `2026`. The text must not shift by the reader's time zone. */
export function bucketName(bucket: string, unit: TimeUnit): string {
	const inUtc = (day: string, options: Intl.DateTimeFormatOptions): string =>
		new Date(`${day}T00:00:00Z`).toLocaleDateString("en-GB", { ...options, timeZone: "UTC" });
	switch (unit) {
		case "hour":
			return `${inUtc(bucket.slice(0, 10), { day: "numeric", month: "short" })} ${bucket.slice(11)}:00`;
		case "day":
		case "week":
			return inUtc(bucket, { day: "numeric", month: "short", year: "numeric" });
		case "month":
			return inUtc(`${bucket}-01`, { month: "short", year: "numeric" });
		case "quarter":
			return `${bucket.slice(5)} ${bucket.slice(0, 4)}`;
		case "year":
			return bucket;
	}
}
