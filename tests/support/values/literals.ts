import type { Random } from "./random.ts";

/** Makes a literal, or an expression, of SQL. */
export type Literal = (random: Random) => string;

const two = (value: number): string => String(value).padStart(2, "0");
const quoted = (text: string): string => `'${text}'`;
export const hex = (bytes: Buffer): string => `x'${bytes.toString("hex")}'`;

export const among =
	(...values: readonly [string, ...string[]]): Literal =>
	(random) =>
		random.pick(values);

/** Edges, small numbers, and all between, of whatever size. */
export function integers(least: bigint, most: bigint): Literal {
	return (random) => {
		const span = most - least + 1n;
		const anywhere = least + (BigInt(`0x${random.bytes(9, 9).toString("hex")}`) % span);
		const small = BigInt(random.integer(-300, 300));
		const near = small >= least && small <= most ? small : least;
		return String(random.pick([least, most, near, anywhere, anywhere]));
	};
}

const fraction: Literal = (random) => (random.fraction() < 0.3 ? "" : `.${random.digits(6)}`);

const timeText: Literal = (random) => {
	const hours = random.pick([0, 1, 838, random.integer(0, 838)]);
	const minutes = random.pick([0, 59, random.integer(0, 59)]);
	const seconds = random.pick([0, 0, 59, random.integer(0, 59)]);
	return `${random.pick(["-", ""])}${hours}:${two(minutes)}:${two(seconds)}${fraction(random)}`;
};

const dateText: Literal = (random) => {
	const year = String(random.integer(0, 9999)).padStart(4, "0");
	const anywhere = `${year}-${two(random.integer(0, 12))}-${two(random.integer(0, 28))}`;
	return random.pick(["0000-00-00", "9999-12-31", "2024-02-29", anywhere, anywhere]);
};

export const time: Literal = (random) => quoted(timeText(random));
export const date: Literal = (random) => quoted(dateText(random));
export const datetime: Literal = (random) => {
	const [hour, minute, second] = [random.integer(0, 23), random.integer(0, 59), random.integer(0, 59)].map(two);
	return quoted(`${dateText(random)} ${hour}:${minute}:${second}${fraction(random)}`);
};
export const timestamp: Literal = (random) =>
	random.pick(["'0000-00-00'", `FROM_UNIXTIME(${random.integer(1, 2_147_483_647)}${fraction(random)})`]);

export function decimal(precision: number, scale: number): Literal {
	return (random) => {
		const whole = random.digits(random.integer(0, precision - scale)) || "0";
		const smallest = `-0.${"0".repeat(Math.max(0, scale - 1))}1`;
		return random.pick(["0", "-0", smallest, `${random.pick(["", "-"])}${whole}.${random.digits(scale) || "0"}`]);
	};
}

/** Servers make zero of what is smaller than the smallest normal number. */
const smallestNormal = 2.3e-308;

export function doubleValue(random: Random): number {
	for (;;) {
		const value = random.pick([
			random.bytes(8, 8).readDoubleLE(0),
			random.fraction() * 10 ** random.integer(-5, 25),
			random.integer(-1_000_000_000, 1_000_000_000),
			random.fraction(),
			random.integer(0, 1_000_000) / 100,
			...[0, 1e15, 1e14, 1e-7],
		]);
		if (value === 0 || (Number.isFinite(value) && Math.abs(value) > smallestNormal)) return value;
	}
}

export const double: Literal = (random) => String(doubleValue(random));
export const float: Literal = (random) => {
	const value = Math.fround(random.pick([doubleValue(random), random.fraction() * 100, 16_777_217, -0]));
	const size = Math.abs(value);
	return String(size > 3e38 || size < 1e-37 ? 1.5 : value);
};

export const bytes =
	(most: number): Literal =>
	(random) =>
		hex(random.bytes(0, most));

const characters = ["a", "Z", "é", "ß", "日", "😀", " ", "€", "\\n", "\\\\", "''", "\\0"] as const;

export const text =
	(most: number): Literal =>
	(random) =>
		quoted(Array.from({ length: random.integer(0, most) }, () => random.pick(characters)).join(""));

/** Text of any bytes that the server accepts as a character set's. */
export const textOf =
	(charset: string): Literal =>
	(random) => {
		if (charset.startsWith("utf") || charset === "ucs2") return text(20)(random);
		const some = `CONVERT(${hex(random.bytes(1, 6, 1))} USING ${charset})`;
		return `CONVERT(CONVERT(${some} USING utf8mb4) USING ${charset})`;
	};
