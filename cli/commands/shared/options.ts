import { InvalidArgumentError } from "commander";
import { defineOption } from "../../options.ts";
import { parseDuration } from "../../ui/format.ts";

/** `--scale` of the sample data. */
export const scale = defineOption({
	flags: "--scale <n>",
	description: "multiply the number of rows",
	parse: wholeNumber(1, 1000),
	default: 1,
});

/** `--seed` of what is generated. */
export const seed = defineOption({
	flags: "--seed <n>",
	description: "seed for the generated data",
	parse: wholeNumber(0, 2 ** 31),
	default: 1,
});

/** Takes one of these words. @throws InvalidArgumentError naming them. */
export function oneOf<const Words extends readonly string[]>(...words: Words): (text: string) => Words[number] {
	return (text) => {
		const word = words.find((one) => one === text);
		if (word !== undefined) return word;
		throw new InvalidArgumentError(`It must be ${words.slice(0, -1).join(", ")} or ${words.at(-1)}.`);
	};
}

/** Seconds of a duration, more than none. @throws InvalidArgumentError saying how to write one. */
export function duration(text: string): number {
	const seconds = parseDuration(text);
	if (seconds === undefined || seconds <= 0) {
		throw new InvalidArgumentError("It must be seconds, or a number with a unit, for example 90s, 10m or 2h.");
	}
	return seconds;
}

/** Whole seconds from one run to the next. @throws InvalidArgumentError saying how to write them. */
export function runDuration(text: string): number {
	const seconds = Math.round(duration(text));
	if (seconds < 1) throw new InvalidArgumentError("The minimum is one second: 1s.");
	return seconds;
}

/** Takes a whole number within bounds, both allowed. @throws InvalidArgumentError naming them. */
export function wholeNumber(min: number, max: number): (text: string) => number {
	return (text) => {
		const value = Number(text);
		if (!Number.isInteger(value) || value < min || value > max) {
			throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
		}
		return value;
	};
}
