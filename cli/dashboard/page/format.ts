const locale = "en-US";
const count = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
const compactCount = new Intl.NumberFormat(locale, { notation: "compact", maximumSignificantDigits: 3 });
const share = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });

/** `number`, `percent`, or a currency such as `usd`; absent: a plain number. */
export type Format = string | undefined;

/** Formatters are slow to make. */
const currencies = new Map<string, { exact: Intl.NumberFormat; compact: Intl.NumberFormat }>();

function currency(code: string): { exact: Intl.NumberFormat; compact: Intl.NumberFormat } {
	const style = { style: "currency", currency: code.toUpperCase() } as const;
	const made = currencies.get(code) ?? {
		exact: new Intl.NumberFormat(locale, style),
		compact: new Intl.NumberFormat(locale, { ...style, notation: "compact", maximumSignificantDigits: 3 }),
	};
	currencies.set(code, made);
	return made;
}

function isPlain(format: Format): format is "number" | undefined {
	return format === undefined || format === "number";
}

/** A number as a table shows it: all of it. */
export function exact(value: number, format: Format): string {
	if (isPlain(format)) return count.format(value);
	return format === "percent" ? share.format(value) : currency(format).exact.format(value);
}

/** A number as an axis, a sentence or a key figure shows it: three digits. */
export function short(value: number, format: Format): string {
	if (isPlain(format)) return Math.abs(value) < 10_000 ? count.format(value) : compactCount.format(value);
	return format === "percent" ? share.format(value) : currency(format).compact.format(value);
}

/** A share of a whole; empty where the whole is nothing. */
export function percent(partOf: number, whole: number): string {
	if (whole === 0) return "";
	const part = (100 * partOf) / whole;
	return `${Math.abs(part) < 10 ? part.toFixed(1) : Math.round(part)}%`;
}

/** A moment in the reader's own time zone. */
export function moment(iso: string): string {
	return new Date(iso).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" });
}

/** A moment to the minute, where it is read at a glance. */
export function minute(iso: string): string {
	return new Date(iso).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}

export function duration(seconds: number): string {
	if (seconds < 10) return `${seconds.toFixed(1)} s`;
	if (seconds < 120) return `${Math.round(seconds)} s`;
	if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
	if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
	return `${count.format(Math.round(seconds / 86_400))} days`;
}

export function bytes(size: number): string {
	const units = ["B", "kB", "MB", "GB", "TB", "PB"];
	const power = size < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(size) / 3));
	const value = size / 1000 ** power;
	return `${power === 0 || value >= 100 ? Math.round(value) : value.toPrecision(3)} ${units[power]}`;
}

/** "1 month", "29 months", "21 countries". */
export function plural(amount: number, one: string, many = pluralOf(one)): string {
	return `${count.format(amount)} ${amount === 1 ? one : many}`;
}

/** The plural of an English noun, as labels have it. */
function pluralOf(noun: string): string {
	if (/[^aeiou]y$/i.test(noun)) return `${noun.slice(0, -1)}ies`;
	return /(s|x|z|ch|sh)$/i.test(noun) ? `${noun}es` : `${noun}s`;
}

/** A column's name for people: `product_line` is `Product line`. */
export function humanName(column: string): string {
	const words = column.replaceAll("_", " ").trim();
	return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

/** A label within a sentence: `Product line` is `product line`, `SKU` stays. */
export function inSentence(label: string): string {
	return /^[A-Z][a-z]/.test(label) ? `${label.slice(0, 1).toLowerCase()}${label.slice(1)}` : label;
}

/** A name within a sentence, whose direction of writing must not change that of the words around it. */
export function isolated(name: string): string {
	return `\u2068${name}\u2069`;
}
