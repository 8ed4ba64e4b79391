const day = 86_400_000;

/** The sample data ends here, whatever the date is when it is made: the same seed gives the same rows. */
export const lastDay = Date.UTC(2026, 5, 30);

/** Days of history: two and a half years. */
export const historyDays = 911;

/** @param time milliseconds since 1970. */
export function sqlDate(time: number): string {
	return new Date(time).toISOString().slice(0, 10);
}

/** @param time milliseconds since 1970. */
export function sqlDateTime(time: number): string {
	return new Date(time).toISOString().slice(0, 19).replace("T", " ");
}

export function daysAfter(time: number, days: number): number {
	return time + days * day;
}

/** @param cents whole. */
export function money(cents: number): string {
	return (cents / 100).toFixed(2);
}

export const zeroDateTime = "0000-00-00 00:00:00";
