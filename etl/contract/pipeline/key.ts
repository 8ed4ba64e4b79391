import { z } from "zod";

/** A key of the definition: what it is for, as editors and mistakes show it, and values that are right. */
export function key<T extends z.ZodType>(schema: T, description: string, ...examples: unknown[]): T {
	return schema.meta({ description, ...(examples.length === 0 ? {} : { examples }) });
}

/** Text that says something. */
export const text = z.string().min(1, "must not be empty");

/** A section of which everything may be commented out: nothing is as good as no such key. */
export function section<T extends z.ZodType>(schema: T) {
	return schema.nullable().exactOptional();
}
