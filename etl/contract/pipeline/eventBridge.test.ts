import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromExpression, longestExpression, scheduleFault, toExpression } from "./eventBridge.ts";
import { cronFault, cronValues } from "./values.ts";

const timezone = "Europe/Berlin";

describe("a definition's schedule for EventBridge Scheduler", () => {
	it.each([
		[60, "rate(1 minute)"],
		[300, "rate(5 minutes)"],
		[3600, "rate(1 hour)"],
		[5400, "rate(90 minutes)"],
		[172_800, "rate(2 days)"],
	])("every %i seconds is %s", (everySeconds, expression) => {
		expect(toExpression({ everySeconds })).toEqual({ expression, timezone: "UTC" });
		expect(fromExpression({ expression, timezone: "UTC" })).toEqual({ everySeconds });
	});

	it.each([
		["0 6 * * *", "cron(0 6 * * ? *)"],
		["*/15 * * * *", "cron(0/15 * * * ? *)"],
		["5/20 8-18/2 * * *", "cron(5/20 8,10,12,14,16,18 * * ? *)"],
		["0 0 1,15 * *", "cron(0 0 1,15 * ? *)"],
		["30 7 * jan-mar,12 *", "cron(30 7 * 1-3,12 ? *)"],
		["0 6 * * 1-5", "cron(0 6 ? * MON,TUE,WED,THU,FRI *)"],
		["0 6 * * 0", "cron(0 6 ? * SUN *)"],
		["0 6 * * 7", "cron(0 6 ? * SUN *)"],
		["0 6 * * sat", "cron(0 6 ? * SAT *)"],
		["0 6 * * 0-7", "cron(0 6 * * ? *)"],
		["1-59 * * * *", "cron(1-59 * * * ? *)"],
	])("cron %s is %s, in its time zone", (cron, expression) => {
		expect(toExpression({ cron, timezone })).toEqual({ expression, timezone });
	});

	it("means the same times, whatever the cron expression, and is short enough", () => {
		const value = (min: number, max: number): fc.Arbitrary<string> => {
			const number = fc.integer({ min, max });
			const range = fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
			const step = fc.integer({ min: 1, max });
			const part = fc.oneof(
				number.map(String),
				range,
				fc.tuple(fc.oneof(fc.constant("*"), number.map(String), range), step).map(([of, by]) => `${of}/${by}`),
			);
			return fc.oneof(
				fc.constant("*"),
				fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(",")),
			);
		};
		const fields = fc.tuple(value(0, 59), value(0, 23), value(1, 31), value(1, 12), value(0, 7), fc.boolean());
		fc.assert(
			fc.property(fields, ([minute, hour, day, month, weekday, byWeekday]) => {
				const cron = [minute, hour, byWeekday ? "*" : day, month, byWeekday ? weekday : "*"].join(" ");
				expect(cronFault(cron)).toBeUndefined();
				const expression = toExpression({ cron, timezone });
				const back = fromExpression(expression);
				expect(back !== undefined && "cron" in back ? cronValues(back.cron) : back).toEqual(cronValues(cron));
				expect(expression.expression.length).toBeLessThanOrEqual(longestExpression);
				expect(scheduleFault(expression.expression)).toBeUndefined();
			}),
		);
	});
});

describe("an expression of EventBridge", () => {
	it.each([
		["cron(0 6 ? * 2-6 *)", "0 6 * * 1-5"],
		["cron(0/10 * * * ? *)", "0/10 * * * *"],
	])("%s means %s", (expression, cron) => {
		expect(fromExpression({ expression, timezone })).toEqual({ cron, timezone });
	});

	it.each([
		"cron(0 6 L * ? *)",
		"cron(0 6 3W * ? *)",
		"cron(0 6 ? * 6#3 *)",
		"cron(0 6 ? * 2/2 *)",
		"cron(0 6 * * ? 2027)",
		"cron(0 6 * * ?)",
		"rate(5 weeks)",
		"at(2026-11-20T13:00:00)",
	])("%s is nothing that a definition could say", (expression) => {
		expect(fromExpression({ expression, timezone })).toBeUndefined();
	});
});

describe("an expression that somebody wrote", () => {
	it.each([
		"rate(1 minute)",
		"rate(12 hours)",
		"cron(0/5 8-17 ? * MON-FRI *)",
		"cron(15 10 ? * 6L 2026-2030)",
		"cron(0 8 1,15 * ? *)",
		"cron(0 0 LW * ? *)",
		"cron(0 0 15W jan,JUL ? *)",
		"cron(0 9 ? * TUE#2 *)",
		"cron(*/10 * * * ? *)",
	])("%s is taken", (expression) => {
		expect(scheduleFault(expression)).toBeUndefined();
	});

	it.each([
		["hourly", "is neither definition, rate(…) nor cron(…)"],
		["at(2026-12-01T00:00:00)", "is neither definition, rate(…) nor cron(…)"],
		["rate(5)", "is not a rate"],
		["rate(-5 minutes)", "is not a rate"],
		["rate(1.5 hours)", "is not a rate"],
		["rate(2 weeks)", "is not a rate"],
		["cron(0 6 * *)", "does not have six fields"],
		["cron(60 6 * * ? *)", "has an invalid minutes"],
		["cron(0 24 * * ? *)", "has an invalid hours"],
		["cron(0 6 32 * ? *)", "has an invalid day of the month"],
		["cron(0 6 * 13 ? *)", "has an invalid month"],
		["cron(0 6 ? * 0 *)", "has an invalid day of the week"],
		["cron(0 6 ? * FOO *)", "has an invalid day of the week"],
		["cron(0 6 ? * MON#6 *)", "has an invalid day of the week"],
		["cron(0 6 * * ? 1969)", "has an invalid year"],
		["cron(30-10 6 * * ? *)", "has an invalid minutes"],
		["cron(0/0 6 * * ? *)", "has an invalid minutes"],
		["cron(1/2/3 6 * * ? *)", "has an invalid minutes"],
		["cron(0 6 ? * ? *)", "needs ? in one"],
		["cron(0 6 * * * *)", "needs ? in one"],
		[`cron(${"1,".repeat(150)}1 6 * * ? *)`, "is longer than 256"],
	])("%s is refused", (expression, reason) => {
		expect(scheduleFault(expression)).toContain(reason);
	});
});
