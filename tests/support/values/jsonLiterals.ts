import { among, bytes, date, datetime, decimal, doubleValue, type Literal, text, time } from "./literals.ts";
import type { Random } from "./random.ts";

const asJson = (written: unknown): string => `CAST('${JSON.stringify(written)}' AS JSON)`;

const scalars: readonly [Literal, ...Literal[]] = [
	(random) => asJson(random.pick([null, true, false])),
	(random) => String(random.integer(-40_000, 40_000)),
	among("9223372036854775807", "-9223372036854775808", "18446744073709551615", "2147483648", "-2147483649"),
	(random) => asJson(doubleValue(random)),
	(random) => asJson(random.integer(0, 1_000_000) / 8),
	text(20),
	(random) => `CAST(${decimal(12, 4)(random)} AS DECIMAL(12,4))`,
	(random) => `CAST(${time(random)} AS TIME(6))`,
	(random) => `CAST(${datetime(random)} AS DATETIME(6))`,
	(random) => `CAST(${date(random)} AS DATE)`,
	(random) => `CAST(${bytes(100)(random)} AS BINARY)`,
	among("b'101'", "TIMESTAMP'2024-05-06 07:08:09.123456'", "'q\\\"\\\\\\t\\u0001/'"),
	(random) => `REPEAT('q\\"\\\\\\t/', ${random.integer(1, 20_000)})`,
];

const deepest = 4;

function value(random: Random, depth: number): string {
	const kind = depth >= deepest ? 0 : random.integer(0, 5);
	if (kind < 3) return random.pick(scalars)(random);
	if (kind === 3) {
		const members = Array.from({ length: random.integer(0, 6) }, () => {
			const name = random.pick(["'__proto__'", "'constructor'", "''", `'${random.digits(random.integer(1, 4))}'`]);
			const key = random.pick([name, text(4)(random), `REPEAT('k', ${random.integer(1, 300)})`]);
			return `${key}, ${value(random, depth + 1)}`;
		});
		return `JSON_OBJECT(${members.join(", ")})`;
	}
	// More than 64 KB make the large format of arrays and objects.
	const large = random.integer(0, 20) === 0;
	const count = random.integer(0, large ? 300 : 4);
	const element = (): string => (large ? `REPEAT('x', ${random.integer(0, 500)})` : value(random, depth + 1));
	return `JSON_ARRAY(${Array.from({ length: count }, element).join(", ")})`;
}

/** Any JSON value of MySQL, of binary types too. */
export const json: Literal = (random) => `JSON_EXTRACT(JSON_ARRAY(${value(random, 0)}), '$[0]')`;
