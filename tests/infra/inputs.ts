export type Inputs = Record<string, unknown>;

/** Pulumi's names begin in lower case, the APIs' in upper. Keys below `verbatim` are data and stay as they are. */
export function capitalised(value: unknown, verbatim: readonly string[] = []): unknown {
	if (Array.isArray(value)) return value.map((item) => capitalised(item, verbatim));
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, item]) => [
			key.charAt(0).toUpperCase() + key.slice(1),
			verbatim.includes(key) ? item : capitalised(item, verbatim),
		]),
	);
}

export const without = (inputs: Inputs, ...keys: string[]): Inputs =>
	Object.fromEntries(Object.entries(inputs).filter(([key]) => !keys.includes(key)));

export const settings = (inputs: Inputs, ...keys: string[]): Inputs =>
	Object.fromEntries(Object.entries(inputs).filter(([key]) => keys.includes(key)));

/** Without the keys that have no value. */
export const omitted = (inputs: Inputs): Inputs =>
	Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined));
