/**
 * Days from 1970-01-01 of `YYYY-MM-DD`, in the proleptic Gregorian calendar.
 * @returns undefined for a date with a zero month or day, which MySQL allows and no calendar knows.
 */
export function dateDays(text: string): number | undefined {
	const year = Number(text.slice(0, 4));
	const month = Number(text.slice(5, 7));
	const day = Number(text.slice(8, 10));
	if (month === 0 || day === 0) return undefined;
	return daysFromCivil(year, month, day);
}

/**
 * Seconds from 1970-01-01 00:00:00 of `YYYY-MM-DD HH:mm:ss[.ffffff]`, and microseconds.
 * @returns undefined for a date with a zero month or day.
 */
export function timestampOf(text: string): { seconds: number; micros: number } | undefined {
	const days = dateDays(text);
	if (days === undefined) return undefined;
	const seconds = Number(text.slice(11, 13)) * 3600 + Number(text.slice(14, 16)) * 60 + Number(text.slice(17, 19));
	const fraction = text.length > 20 ? Number(text.slice(20, 26).padEnd(6, "0")) : 0;
	return { seconds: days * 86_400 + seconds, micros: fraction };
}

/** Algorithm: https://howardhinnant.github.io/date_algorithms.html#days_from_civil */
export function daysFromCivil(year: number, month: number, day: number): number {
	const shifted = month <= 2 ? year - 1 : year;
	const era = Math.floor(shifted / 400);
	const yearOfEra = shifted - era * 400;
	const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
	const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
	return era * 146_097 + dayOfEra - 719_468;
}
