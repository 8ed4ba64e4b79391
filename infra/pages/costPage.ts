import { cost, type Item } from "./estimate.ts";
import { priceDate, prices } from "./prices.ts";

export interface Stack {
	name: string;
	/** What was assumed of its use, in words. */
	assumed: string;
	items: Item[];
}

const usd = (amount: number): string => amount.toFixed(2);
const total = (items: Item[]): number => items.reduce((sum, item) => sum + cost(item), 0);

/** The page of monthly costs: the stacks side by side by component, then line by line, then the prices. */
export function costPage(stacks: Stack[]): string {
	const components = [...new Set(stacks.flatMap(({ items }) => items.map(({ component }) => component)))];
	const of = (items: Item[], component: string): string => {
		const own = items.filter((item) => item.component === component);
		return own.length === 0 ? "–" : usd(total(own));
	};
	return [
		"<!-- Generated from infra/pages: edit that, then run `npm run docs`. -->",
		"# Cost",
		"",
		`An estimate in USD for a month of 730 hours, at list prices of us-west-2 as entered on ${priceDate}. The last table lists each`,
		"price and the page that it comes from. Prices were entered by hand: check them before you budget. Those of Kinesis and Firehose were",
		"compared with AWS's price list.",
		"",
		"Not included: free tier, discounts, and data transfer between regions. Also not included, because they depend on the data: RDS snapshots",
		"larger than the database, storage of a warehouse that is written to, crawls that take longer than Glue's minimum, and, with",
		`\`replicationTarget: kinesis\`, the time that Firehose takes to find the table of a change ($${prices.firehoseQueryHour.usd} per hour of JQ; AWS does not`,
		"publish how many changes an hour covers; it is at most $51 for the whole month). Kinesis rounds each record up to 1 KB, and Firehose",
		"to 5 KB. A click is assumed to have a quarter of a KB, and a change 1 KB.",
		"",
		...table(
			["component", ...stacks.map(({ name }) => name)],
			[
				...components.map((component) => [component, ...stacks.map(({ items }) => of(items, component))]),
				["**total**", ...stacks.map(({ items }) => `**${usd(total(items))}**`)],
			],
		),
		...stacks.flatMap(({ name, assumed, items }) => [
			"",
			`## ${name}`,
			"",
			assumed,
			"",
			...table(
				["component", "what", "unit price", "USD a month"],
				items.map((item) => [
					item.component,
					item.what,
					`${prices[item.price].usd} per ${prices[item.price].per}`,
					usd(cost(item)),
				]),
			),
		]),
		"",
		"## Prices",
		"",
		...table(
			["price", "USD", "per", "page"],
			Object.entries(prices).map(([name, { usd: amount, per, page }]) => [name, String(amount), per, page]),
		),
		"",
	].join("\n");
}

function table(head: string[], rows: string[][]): string[] {
	return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}
