/** Events of the log in what was written to stderr or into a log file. */
export function eventsOf(text: string): Record<string, unknown>[] {
	return text
		.split("\n")
		.map((line) => line.replace(/^\S+ DEBUG /, ""))
		.filter((line) => line.startsWith('{"time":'))
		.map((line) => JSON.parse(line) as Record<string, unknown>);
}
