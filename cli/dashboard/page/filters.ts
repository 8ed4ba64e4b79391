/** What the reader has chosen. Dates are days, both included. */
export interface Filters {
	from?: string;
	to?: string;
	country?: string;
	line?: string;
}

const names = ["from", "to", "country", "line"] as const;

/** Filters in the address's fragment, so that a reload or a bookmark keeps them. */
export function readFilters(fragment: string): Filters {
	const found = new URLSearchParams(fragment.replace(/^#/, ""));
	const filters: Filters = {};
	for (const name of names) {
		const value = found.get(name);
		if (value === null || value === "") continue;
		if ((name === "from" || name === "to") && !/^\d{4}-\d{2}-\d{2}$/.test(value)) continue;
		filters[name] = value;
	}
	return filters;
}

/** @returns the fragment without its `#`; empty where nothing is filtered. */
export function writeFilters(filters: Filters): string {
	const parameters = new URLSearchParams();
	for (const name of names) {
		const value = filters[name];
		if (value !== undefined) parameters.set(name, value);
	}
	return parameters.toString();
}

/** Whether a day, or the day of an hour `YYYY-MM-DD-HH`, is in the range. */
export function inRange(time: string, filters: Filters): boolean {
	const day = time.slice(0, 10);
	return (filters.from === undefined || day >= filters.from) && (filters.to === undefined || day <= filters.to);
}
