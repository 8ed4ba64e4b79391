import { readFileSync } from "node:fs";
import { repositoryPath } from "../../infra/testing/stack.ts";

interface Lock {
	packages: Record<string, { version?: string; license?: string; dev?: boolean; devOptional?: boolean }>;
}

/** A package that is installed for users, and its licence. */
interface Part {
	name: string;
	version: string;
	licence: string;
}

/** The page of what is installed beside this project's own code, by what the lock files pin. */
export function licencesPage(): string {
	const npm = npmParts(JSON.parse(readFileSync(repositoryPath("package-lock.json"), "utf8")) as Lock);
	const lock = readFileSync(repositoryPath("etl/requirements.lock"), "utf8");
	const known = JSON.parse(readFileSync(repositoryPath("etl/licences.json"), "utf8")) as Record<string, string>;
	return [
		"# Licences of what is installed",
		"",
		"`npm run docs` generates this page from the lock files. The licences that Python packages declare are in `etl/licences.json`: after a",
		"change of `etl/requirements.lock`, update it with `.pipeline/python/bin/python tools/audit/python_licences.py`. Development tools",
		"are not listed.",
		"",
		"## Node",
		"",
		...table(npm),
		"",
		"## Python",
		"",
		...table(pythonParts(lock, known)),
		"",
	].join("\n");
}

/** Packages of a lock file of npm's except those of development. */
export function npmParts({ packages }: Lock): Part[] {
	const parts = Object.entries(packages)
		.filter(([path, { dev, devOptional }]) => path !== "" && dev !== true && devOptional !== true)
		.map(([path, { version = "", license = "not stated" }]) => ({
			name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
			version,
			licence: license,
		}));
	return sorted(parts);
}

/** @throws where a pinned package has no known licence. */
export function pythonParts(lock: string, known: Readonly<Record<string, string>>): Part[] {
	const parts = [...lock.matchAll(/^([A-Za-z0-9._-]+)==([^\s;]+)/gm)].map(([, name = "", version = ""]) => {
		const licence = known[`${name} ${version}`];
		if (licence === undefined) {
			throw new Error(`etl/licences.json lacks ${name} ${version}: run tools/audit/python_licences.py`);
		}
		return { name, version, licence };
	});
	return sorted(parts);
}

function sorted(parts: readonly Part[]): Part[] {
	const key = ({ name, version }: Part): string => `${name} ${version}`;
	const unique = new Map(parts.map((part) => [key(part), part]));
	return [...unique.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function table(parts: readonly Part[]): string[] {
	const licences = [...new Set(parts.map(({ licence }) => licence))].sort();
	return [
		"| licence | packages |",
		"|---|---|",
		...licences.map((one) => {
			const own = parts.filter(({ licence }) => licence === one);
			return `| ${one} | ${own.map(({ name, version }) => `${name} ${version}`).join(", ")} |`;
		}),
	];
}
