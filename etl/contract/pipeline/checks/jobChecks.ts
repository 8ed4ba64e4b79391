import { builtInJobs, lake } from "../../contract.ts";
import type { Finding, Path } from "../mistakes.ts";
import type { Good, Parts } from "../parts.ts";
import type { JobEntry } from "../schema.ts";
import { readPlace } from "../values.ts";
import { nearest, repeated, repeatedIn } from "./lookups.ts";
import { ruleChecks } from "./ruleChecks.ts";

type Job = Good<JobEntry>;

/** What is wrong with jobs that no schema can say. */
export function jobChecks({ jobs, schemas, severity }: Parts): Finding[] {
	const own = jobs.flatMap(({ entry, path }) =>
		entry.name === undefined ? [] : [{ name: entry.name, path: [...path, "name"] }],
	);
	const known = [...builtInJobs, ...own.map(({ name }) => name)];
	const schemaNames = (schemas ?? []).map(({ name }) => name);
	return [
		...repeated(own, "job"),
		...own
			.filter(({ name }) => builtInJobs.includes(name))
			.map(({ name, path }) => ({
				path,
				what: `${name} is the name of a built-in job.`,
				fix: "Choose another name for this job.",
			})),
		...jobs.flatMap((job) => [
			...scriptChecks(job),
			...afterChecks(job, known),
			...readChecks(job),
			...writeChecks(job, schemaNames),
			...madeTableChecks(job, severity),
		]),
		...circles(jobs),
	];
}

function scriptChecks({ entry: { script }, path }: Job): Finding[] {
	if (script === undefined || script.endsWith(".py")) return [];
	const what = `${JSON.stringify(script)} is not a Python file.`;
	return [{ path: [...path, "script"], what, fix: "Use a file that ends with .py." }];
}

function afterChecks({ entry: { name, after }, path }: Job, known: readonly string[]): Finding[] {
	return (after ?? []).flatMap((other, index): Finding[] => {
		const place = [...path, "after", index];
		if (other === name) return [{ path: place, what: "A job cannot depend on itself.", fix: "Remove it." }];
		if (known.includes(other)) return [];
		const meant = nearest(other, known);
		return [
			{
				path: place,
				what: `There is no job ${JSON.stringify(other)}.`,
				allowed: [...new Set(known)].filter((one) => one !== name),
				meant,
				fix: `Write ${meant ?? "one of these"}.`,
			},
		];
	});
}

function readChecks({ entry: { reads }, path }: Job): Finding[] {
	return (reads ?? []).flatMap((text, index) =>
		readPlace(text) === undefined ? [badPlace([...path, "reads", index], text)] : [],
	);
}

function badPlace(path: Path, text: string): Finding {
	return {
		path,
		what: `${JSON.stringify(text)} is not a folder of the lake.`,
		fix: "Write zone/prefix, for example processed/current/shop or raw/clickstream-data.",
	};
}

/** Folders of the processed zone that only the built-in jobs write, besides the change logs of the schemas. */
const reserved = [lake.roots.current, lake.roots.models, lake.state, lake.runs, lake.staging, lake.stream];

function writeChecks({ entry: { writes }, path }: Job, schemas: readonly string[]): Finding[] {
	return (writes ?? []).flatMap((text, index): Finding[] => {
		const at = [...path, "writes", index];
		const place = readPlace(text);
		if (place === undefined) return [badPlace(at, text)];
		const fix = "Use a folder that only this job writes, for example processed/totals.";
		if (place.zone === "raw")
			return [{ path: at, what: "Only replication and clicks may write to the raw zone.", fix }];
		if (place.prefix === "") return [{ path: at, what: "It covers the whole processed zone.", fix }];
		const owner = [...reserved, ...schemas].find((name) => `${place.prefix}/`.startsWith(`${name}/`));
		return owner === undefined ? [] : [{ path: at, what: `The built-in jobs write to the folder ${owner}.`, fix }];
	});
}

/** Rules of tables that a job makes. The other tables that they name are made by jobs, too. */
function madeTableChecks({ entry: { tables }, path }: Job, severity: Parts["severity"]): Finding[] {
	return Object.entries(tables ?? {}).flatMap(([name, table]) => {
		const place = [...path, "tables", name];
		const rules = (table?.rules ?? []).map((entry, index) => ({ entry, path: [...place, "rules", index] }));
		return [
			...repeatedIn(table?.primary_key ?? [], [...place, "primary_key"], "column"),
			...ruleChecks({ name: `\`made\`.${name}`, entry: {}, rules }, { schemas: undefined, columns: {}, severity }),
		];
	});
}

/** Jobs that wait for each other; each circle is named once, at its first job. */
function circles(jobs: readonly Job[]): Finding[] {
	const after = new Map(jobs.map(({ entry }) => [entry.name, entry.after ?? []]));
	const seen = new Set<string>();
	return jobs.flatMap(({ entry: { name }, path }): Finding[] => {
		const way = name === undefined ? [] : wayBack(name, after);
		if (name === undefined || way.length < 2 || way.some((one) => seen.has(one))) return [];
		for (const one of way) seen.add(one);
		return [
			{
				path: [...path, "after"],
				what: `These jobs depend on each other: ${[...way, name].join(" after ")}.`,
				fix: "Remove one of the dependencies.",
			},
		];
	});
}

/** Jobs on a shortest way from one back to itself, by what they wait for; none where there is no such way. */
function wayBack(start: string, after: ReadonlyMap<string | undefined, readonly string[]>): string[] {
	const ways = [[start]];
	const visited = new Set<string>();
	for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
		for (const next of after.get(way.at(-1)) ?? []) {
			if (next === start) return way;
			if (!visited.has(next)) ways.push([...way, next]);
			visited.add(next);
		}
	}
	return [];
}
