/** How many cases a property test runs: all in `npm test`, which sets ALL_CASES, and a part of them in `npm run check`. */
export function cases(all: number): number {
	return process.env.ALL_CASES === "1" ? all : Math.ceil(all / 6);
}
