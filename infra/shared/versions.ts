/** Whether a version such as 3.5.4 is before another one. */
export function isBefore(version: string, other: string): boolean {
	return version.localeCompare(other, "en", { numeric: true }) < 0;
}
