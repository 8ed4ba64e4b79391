/** How often a crash test kills: `all` times in `npm run test:faults`, which sets ALL_FAULTS, and `some` times in `npm test`. */
export function rounds(all: number, some: number): number {
	return process.env.ALL_FAULTS === "1" ? all : some;
}

/** How many cases a property test runs: all in `npm test`, which sets ALL_CASES, and a part of them in `npm run check`. */
export function cases(all: number): number {
	return process.env.ALL_CASES === "1" ? all : Math.ceil(all / 6);
}

/** How many random values of each type are compared: all in `npm run test:faults`, some hundreds in `npm test`. */
export function values(): number {
	return process.env.ALL_FAULTS === "1" ? 100_000 : cases(300);
}
