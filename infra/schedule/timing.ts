import { type ScheduleExpression, toExpression } from "../../etl/contract/pipeline/eventBridge.ts";
import type { Schedule } from "../../etl/contract/pipeline/pipeline.ts";

/** Where neither the stack nor its definition says when. */
const usualSchedule: Schedule = { everySeconds: 3600 };

/**
 * When a stack's runs begin.
 * @param configured `definition`, an expression in UTC, or nothing for runs by hand only.
 * @param defined what the definition says.
 */
export function timingOf(
	configured: string | undefined,
	defined: Schedule | undefined,
): ScheduleExpression | undefined {
	if (configured === undefined) return undefined;
	if (configured !== "definition") return { expression: configured, timezone: "UTC" };
	return toExpression(defined ?? usualSchedule);
}
