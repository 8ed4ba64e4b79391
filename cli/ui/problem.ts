import chalk from "chalk";
import type { ErrorText } from "../common/errors.ts";

/** A problem that a command reports among other things, as errors are shown: what, why, how to fix it, what to run next. */
export function problemLines(title: string, { what, why, fix, next }: ErrorText): string[] {
	return [
		`${title} ${what}`,
		...(why === undefined ? [] : [`  why:  ${indented(why)}`]),
		...(fix === undefined ? [] : [`  fix:  ${indented(fix)}`]),
		...(next === undefined ? [] : [`  next: ${chalk.bold(next)}`]),
	];
}

/** Further lines stand below the first. */
export function indented(text: string): string {
	return text.split("\n").join("\n        ");
}
