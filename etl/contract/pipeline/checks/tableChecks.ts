import { changeLogName, zoneWithFolder } from "../../contract.ts";
import type { Finding } from "../mistakes.ts";
import type { Parts, SchemaPart, TablePart } from "../parts.ts";
import { readTableName } from "../values.ts";
import { badTableName, columnList, notReplicated, patternsOf, repeated, repeatedIn, withheld } from "./lookups.ts";
import { ruleChecks } from "./ruleChecks.ts";

/** What is wrong with schemas and tables that no schema can say. */
export function tableChecks(parts: Parts): Finding[] {
	const { schemas, tables, columns } = parts;
	return [
		...(schemas === undefined ? [] : countChecks(schemas)),
		...(schemas ?? []).flatMap(patternChecks),
		...(schemas ?? []).flatMap(folderChecks),
		...repeated(
			(schemas ?? []).map(({ name, path }) => ({ name, path })),
			"schema",
		),
		...tables.flatMap((table) => [
			...placeChecks(table, schemas),
			...columnChecks(table, columns),
			...ruleChecks(table, parts),
		]),
		...repeated(
			tables.flatMap(({ name, path }) => {
				const place = readTableName(name);
				return place === undefined ? [] : { name: `${place.schema}.${place.table}`, path };
			}),
			"table",
		),
		...aliasChecks(tables),
	];
}

function countChecks(schemas: readonly SchemaPart[]): Finding[] {
	if (schemas.length > 0) return [];
	const what = "It must list at least one schema.";
	return [
		{ path: ["source", "schemas"], what, fix: 'For example: schemas: { shop: { tables: { exclude: ["tmp_*"] } } }' },
	];
}

/** A schema whose change logs would be in a folder that has another meaning. */
function folderChecks({ name, path }: SchemaPart): Finding[] {
	const zone = zoneWithFolder(name);
	if (zone === undefined) return [];
	return [
		{
			path,
			what: `A schema cannot be called ${name}: the ${zone} zone uses a folder of that name for something else.`,
			fix: "Rename the schema at the source, or do not replicate it.",
		},
	];
}

function patternChecks({ path, entry }: SchemaPart): Finding[] {
	const { include, exclude } = patternsOf(entry);
	const place = [...path, "tables"];
	const both = exclude.filter((pattern) => include.includes(pattern) && pattern !== "*");
	return [
		...(exclude.includes("*")
			? [
					{
						path: [...place, "exclude"],
						what: "It excludes all tables, because exclude takes precedence over include.",
						fix: "List only the tables to exclude, or remove the schema.",
					},
				]
			: []),
		...both.map((pattern) => ({
			path: [...place, "exclude"],
			what: `${JSON.stringify(pattern)} is in both include and exclude; exclude takes precedence.`,
			fix: "Remove it from one of them.",
		})),
	];
}

/** Why a table of the file is not replicated at all, so that what is said of it has no effect. */
function placeChecks({ name, path }: TablePart, schemas: Parts["schemas"]): Finding[] {
	const found = readTableName(name);
	if (found === undefined) return [badTableName(path, name)];
	return notReplicated(found, path, schemas);
}

function columnChecks({ path, entry }: TablePart, defaults: Parts["columns"]): Finding[] {
	const found: Finding[] = [];
	const columns = entry.columns ?? {};
	const place = [...path, "columns"];
	const list = columnList(columns);
	for (const [name, value] of Object.entries(columns)) {
		if (Array.isArray(value) && name !== "include" && name !== "exclude") {
			found.push({
				path: [...place, name],
				what: `A column cannot have a list.`,
				fix: `Write an action: ${name}: drop, hash or keep. Lists of names belong under include or exclude.`,
			});
		} else if (list !== undefined && name !== list.kind) {
			found.push({
				path: [...place, name],
				what: `${JSON.stringify(name)} cannot be combined with a list of columns.`,
				fix:
					list.kind === "include"
						? "Replace the list with an action for each column, or remove this."
						: "Replace the list with `name: drop` for each of its columns.",
			});
		}
	}
	if (list !== undefined) found.push(...repeatedIn(list.names, [...place, list.kind], "column"));
	found.push(...repeatedIn(entry.primary_key ?? [], [...path, "primary_key"], "column"));
	for (const [index, name] of (entry.primary_key ?? []).entries()) {
		if (!withheld(entry, name, defaults)) continue;
		found.push({
			path: [...path, "primary_key", index],
			what: `The key column ${JSON.stringify(name)} is not replicated because of columns.`,
			fix: "Keep it, hash it, or choose another key.",
		});
	}
	return found;
}

/** Two tables that would have one name in the catalog, as far as the file says. */
function aliasChecks(tables: readonly TablePart[]): Finding[] {
	const taken = new Map<string, string>();
	const found: Finding[] = [];
	for (const { name, path, entry } of tables) {
		if (entry.alias === undefined) continue;
		for (const word of [entry.alias, changeLogName(entry.alias)]) {
			const other = taken.get(word);
			if (other === undefined) taken.set(word, name);
			else if (other !== name) {
				found.push({
					path: [...path, "alias"],
					what: `${other} and ${name} would both be called ${word} in the catalog.`,
					fix: "Give one of them another alias.",
				});
				break;
			}
		}
	}
	return found;
}
