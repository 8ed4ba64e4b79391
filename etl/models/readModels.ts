import { dirname } from "node:path";
import { lake } from "../contract/contract.ts";
import type { ModelDefinition, TableRule } from "../contract/datasets.ts";
import { DefinitionError, type Mistake } from "../contract/pipeline/mistakes.ts";
import { ruleOf } from "../contract/pipeline/normalised.ts";
import type { RuleEntry } from "../contract/pipeline/tableSchema.ts";
import type { ModelFile } from "../definition/modelFiles.ts";
import { type Header, readHeader } from "./header.ts";
import { nameMistake, ownerOf, referredTo, type World } from "./names.ts";
import { inOrder } from "./order.ts";
import { readSelect, type TableReference } from "./sql.ts";

interface Model {
	name: string;
	file: string;
	header: Header;
	sql: string;
	references: readonly TableReference[];
	/** Models that its SQL reads. */
	reads: readonly string[];
	rules: readonly TableRule[];
}

/**
 * Models, in an order in which they can be built.
 * @param world what names may stand for, besides these models.
 * @throws DefinitionError with every mistake, each with its file.
 */
export function readModels(files: readonly ModelFile[], world: Omit<World, "models">): ModelDefinition[] {
	const mistakes: Mistake[] = [];
	const names = files.map(({ file }) => nameOf(file));
	const all: World = { ...world, models: names };
	const models = files.map(({ file, content }, at): Model => {
		const name = names[at] ?? "";
		mistakes.push(...fileMistakes(file, name, files, names, all));
		const { header, mistakes: found, sql: body } = readHeader(content, file, world.pipeline.severity);
		const select = readSelect(body);
		mistakes.push(...found, ...select.mistakes.map((mistake) => ({ ...mistake, file, path: [] })));
		for (const reference of select.references) {
			const mistake = nameMistake(file, name, reference, all);
			if (mistake !== undefined) mistakes.push(mistake);
		}
		const { rules, mistakes: lost } = rulesOf(header, file, all);
		mistakes.push(...lost);
		const read = select.references.map(({ parts }) => (parts.at(-1) ?? "").toLowerCase());
		const reads = [...new Set(read)].filter((other) => names.includes(other) && other !== name);
		return { name, file, header, sql: select.sql, references: select.references, reads, rules };
	});
	const { order, circles } = inOrder(models.map((model) => ({ ...model, after: model.reads })));
	mistakes.push(...circles.map((circle) => circleMistake(circle, models)));
	if (mistakes.length > 0) {
		const place = (mistake: Mistake): string => mistake.file ?? "";
		mistakes.sort((a, b) => place(a).localeCompare(place(b)) || a.line - b.line || a.column - b.column);
		const [first = "", second] = new Set(mistakes.map(place));
		throw new DefinitionError(second === undefined ? first : dirname(first), mistakes);
	}
	return withRelationships(order).map(definitionOf);
}

function nameOf(file: string): string {
	return file.slice(file.lastIndexOf("/") + 1, -".sql".length);
}

function fileMistakes(
	file: string,
	name: string,
	files: readonly ModelFile[],
	names: readonly string[],
	world: World,
): Mistake[] {
	const place = { file, path: [], line: 1, column: 1 };
	const found: Mistake[] = [];
	if (!/^[a-z][a-z0-9_]*$/.test(name)) {
		const plain = name.toLowerCase().replaceAll(/[^a-z0-9_]/g, "_");
		const better = /^[a-z]/.test(plain) ? plain : `m_${plain}`;
		const what = `The file's name becomes the table's name, so it must be a letter a-z followed by only a-z, 0-9 and _.`;
		found.push({ ...place, what, fix: `Rename it: ${better}.sql` });
	}
	const first = names.indexOf(name);
	const other = files[first]?.file;
	if (other !== undefined && other !== file) {
		found.push({ ...place, what: `${other} also defines the model ${name}.`, fix: "Rename one of the two." });
	}
	const owner = ownerOf(name, world);
	if (owner !== undefined) {
		const what = `The model would be called ${name} in the catalog, like ${owner}.`;
		found.push({ ...place, what, fix: "Rename the file, or give the table an alias in pipeline.yaml." });
	}
	return found;
}

function rulesOf(header: Header, file: string, world: World): { rules: TableRule[]; mistakes: Mistake[] } {
	const mistakes: Mistake[] = [];
	const severity = world.pipeline.severity;
	const written = header.rules.flatMap((entry, at): TableRule[] => {
		if (entry.relationships === undefined) return [ruleOf(entry, severity, "")];
		const found = referredTo(entry.relationships.to, world);
		if ("what" in found) {
			mistakes.push({ ...found, file, path: ["rules", at, "relationships", "to"], ...header.placeOf(at) });
			return [];
		}
		const quoted = (name: string): string => `\`${name.replaceAll("`", "``")}\``;
		const to = `${quoted(found.schema)}.${quoted(found.table)}`;
		const qualified: RuleEntry = { ...entry, relationships: { ...entry.relationships, to } };
		return [ruleOf(qualified, severity, found.schema)];
	});
	return { rules: [...keyRules(header.primaryKey), ...written], mistakes };
}

/** What a primary key promises. */
function keyRules(key: readonly string[]): TableRule[] {
	if (key.length === 0) return [];
	return [
		{ kind: "not_null", columns: key, severity: "error" },
		{ kind: "unique", columns: key, severity: "error" },
	];
}

function circleMistake(circle: readonly string[], models: readonly Model[]): Mistake {
	const [first = "", second] = circle;
	const model = models.find(({ name }) => name === first);
	const reference = model?.references.find(({ parts }) => parts.at(-1)?.toLowerCase() === second);
	return {
		file: model?.file ?? "",
		path: [],
		line: reference?.line ?? 1,
		column: reference?.column ?? 1,
		what: `These models read each other: ${[...circle, first].join(" reads ")}.`,
		fix: "Move what both need into a separate model.",
	};
}

/**
 * Each model also comes after those that its rules refer to, as far as that makes no circle: what a rule refers to should
 * be as new as the table that it is about.
 */
function withRelationships(models: readonly (Model & { after: readonly string[] })[]): (Model & {
	after: readonly string[];
})[] {
	let known = [...models];
	for (const { name, rules } of models) {
		for (const rule of rules) {
			if (rule.kind !== "relationships" || rule.to.schema !== lake.roots.models || rule.to.table === name) continue;
			const tried = known.map((model) =>
				model.name === name ? { ...model, after: [...new Set([...model.after, rule.to.table])] } : model,
			);
			const { order, circles } = inOrder(tried);
			if (circles.length === 0) known = order;
		}
	}
	return known;
}

function definitionOf(model: Model & { after: readonly string[] }): ModelDefinition {
	const { name, file, header, sql, references, rules, after } = model;
	return {
		name,
		file,
		...(header.description === undefined ? {} : { description: header.description }),
		...(header.tags.length === 0 ? {} : { tags: [...header.tags] }),
		sql,
		key: [...header.primaryKey],
		rules: [...rules],
		references: references.map(({ parts, line, column }) => ({ name: parts.at(-1) ?? "", line, column })),
		after: [...after],
	};
}
