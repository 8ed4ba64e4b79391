import { catalogTables, changeLogName } from "../../../etl/contract/contract.ts";
import type { SourceTable } from "../../engines/port.ts";

/** A table with its name in the data catalog. */
export interface NamedTable extends SourceTable {
	catalogName: string;
	/** Whether the definition has to say the name, since it is not the table's own. */
	isAlias: boolean;
}

/**
 * Names in the data catalog. A table keeps its own, in lower case, where that is made of a-z, 0-9 and _ and where no other table
 * has it or a change log of that name; otherwise it has an alias.
 */
export function withCatalogNames(tables: readonly SourceTable[]): NamedTable[] {
	const own = tables.map(({ name }) => name.toLowerCase());
	const wanted = own.flatMap((name) => [name, changeLogName(name)]);
	const taken = new Set<string>(Object.values(catalogTables));
	const keeps = own.map((name) => {
		const isShared = [name, changeLogName(name)].some((one) => wanted.filter((other) => other === one).length > 1);
		return /^[a-z0-9_]+$/.test(name) && !isShared && !taken.has(name);
	});
	for (const [at, name] of own.entries()) if (keeps[at]) for (const one of [name, changeLogName(name)]) taken.add(one);
	return tables.map((table, at) => {
		if (keeps[at]) return { ...table, catalogName: own[at] ?? "", isAlias: false };
		const catalogName = aliasOf(table, taken);
		for (const one of [catalogName, changeLogName(catalogName)]) taken.add(one);
		return { ...table, catalogName, isAlias: true };
	});
}

/** The largest first. A table without a row is not in the lake yet, so it counts only where none has one. */
export function byRows(tables: readonly NamedTable[]): NamedTable[] {
	const filled = tables.filter(({ rows }) => rows > 0);
	return [...(filled.length > 0 ? filled : tables)].sort((a, b) => b.rows - a.rows || b.bytes - a.bytes);
}

/** A model's name that begins so, and that no table has. */
export function freeName(wanted: string, tables: readonly NamedTable[]): string {
	const taken = new Set<string>([
		...Object.values(catalogTables),
		...tables.flatMap(({ catalogName }) => [catalogName, changeLogName(catalogName)]),
	]);
	const own = plain(wanted);
	let name = own;
	for (let count = 2; taken.has(name); count += 1) name = `${own}_${count}`;
	return name;
}

function aliasOf({ schema, name }: SourceTable, taken: ReadonlySet<string>): string {
	const isFree = (alias: string): boolean => !taken.has(alias) && !taken.has(changeLogName(alias));
	const own = plain(name);
	const candidates = [own, plain(`${schema}_${name}`)];
	const found = candidates.find(isFree);
	if (found !== undefined) return found;
	let count = 2;
	while (!isFree(`${own}_${count}`)) count += 1;
	return `${own}_${count}`;
}

/** Letters without their accents, and one underscore for whatever else is between them. */
function plain(name: string): string {
	const letters = name
		.normalize("NFKD")
		.replaceAll(/\p{M}/gu, "")
		.toLowerCase()
		.replaceAll(/[^a-z0-9]+/g, "_")
		.replaceAll(/^_|_$/g, "");
	if (letters === "") return "table";
	return /^[a-z]/.test(letters) ? letters : `t_${letters}`;
}
