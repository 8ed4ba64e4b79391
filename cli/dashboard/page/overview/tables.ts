import type { TableView } from "../../data.ts";
import { bytes, exact, minute } from "../format.ts";

/** A column of the list of tables: what it shows, and what it is sorted by. */
export interface TableColumn {
	title: string;
	kind: "text" | "number";
	text: (table: TableView) => string;
	sort: (table: TableView) => string | number | undefined;
}

const number = (title: string, value: (table: TableView) => number | undefined): TableColumn => ({
	title,
	kind: "number",
	text: (table) => {
		const found = value(table);
		return found === undefined ? "–" : exact(found, "number");
	},
	sort: value,
});

export const tableColumns: readonly TableColumn[] = [
	{ title: "Table", kind: "text", text: ({ name }) => name, sort: ({ name }) => name },
	number("Rows", ({ rows }) => rows),
	{
		title: "Size",
		kind: "number",
		text: ({ bytes: size }) => (size === undefined ? "–" : bytes(size)),
		sort: ({ bytes: size }) => size,
	},
	{
		title: "Newest change",
		kind: "text",
		text: ({ newest, log }) => {
			if (newest !== undefined) return minute(newest);
			return log === undefined ? "–" : "none since the full load";
		},
		sort: ({ newest }) => newest,
	},
	number("Last hour", ({ log }) => log?.lastHour),
	number("Last 24 h", ({ log }) => log?.lastDay),
	number("Inserts", ({ log }) => log?.inserts),
	number("Updates", ({ log }) => log?.updates),
	number("Deletes", ({ log }) => log?.deletes),
	number("Full load", ({ log }) => log?.loaded),
];

export interface Sorting {
	column: number;
	descending: boolean;
}

/** Tables whose names have all of the words, in order; those without a value are last, however it is sorted. */
export function listed(tables: readonly TableView[], search: string, { column, descending }: Sorting): TableView[] {
	const words = search.toLowerCase().split(/\s+/).filter(Boolean);
	const sort = tableColumns[column]?.sort ?? (({ name }: TableView) => name);
	return tables
		.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)))
		.sort((a, b) => {
			const [x, y] = [sort(a), sort(b)];
			if (x === y) return a.name < b.name ? -1 : 1;
			if (x === undefined) return 1;
			if (y === undefined) return -1;
			return (x < y ? -1 : 1) * (descending ? -1 : 1);
		});
}
