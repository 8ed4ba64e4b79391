/** A value that PHP can serialise; an object is an array with keys. */
export type PhpValue = string | number | boolean | readonly PhpValue[] | { readonly [key: string]: PhpValue };

/** PHP's `serialize()`, in which WordPress stores structured options and metadata. Lengths count bytes. */
export function phpSerialize(value: PhpValue): string {
	if (typeof value === "string") return `s:${Buffer.byteLength(value)}:"${value}";`;
	if (typeof value === "boolean") return `b:${value ? 1 : 0};`;
	if (typeof value === "number") return Number.isInteger(value) ? `i:${value};` : `d:${value};`;
	const entries: [number | string, PhpValue][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
	const body = entries.map(([key, item]) => phpSerialize(key) + phpSerialize(item)).join("");
	return `a:${entries.length}:{${body}}`;
}
