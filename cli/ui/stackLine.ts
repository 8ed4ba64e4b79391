import chalk from "chalk";

/** Last line of a report: which stack it is of. */
export function stackLine(stack: string, more = ""): string {
	return chalk.dim(`Stack ${stack}${more}.`);
}
