/** All times from the first to the last: a month or an hour without any row is shown as nothing. */
export function steps(first: string, last: string, next: (time: string) => string): string[] {
	const all: string[] = [];
	for (let time = first; time <= last; time = next(time)) all.push(time);
	return all;
}

export function nextMonth(month: string): string {
	const [year = 0, number = 0] = month.split("-").map(Number);
	return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, "0")}`;
}

export function nextDay(day: string): string {
	return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

export function nextHour(hour: string): string {
	return new Date(hourTime(hour) + 3_600_000).toISOString().slice(0, 13).replace("T", "-");
}

/** Hours from the first to the last, both counted. */
export function hoursBetween(first: string, last: string): number {
	return (hourTime(last) - hourTime(first)) / 3_600_000 + 1;
}

function hourTime(hour: string): number {
	return Date.parse(`${hour.slice(0, 10)}T${hour.slice(11)}:00:00Z`);
}
