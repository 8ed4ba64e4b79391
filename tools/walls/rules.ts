import type { IForbiddenRuleType } from "dependency-cruiser";
import type { Rooms } from "./rooms.ts";

/** Tests, what they share, and the folder of those with real servers and processes. */
const tests = "^tests/|\\.test\\.ts$|/fixtures/";
/** What only tests and generated pages use. */
const besideProduct = "^infra/(testing|pages|policy)/";

/**
 * The walls as rules of dependency-cruiser.
 * https://github.com/sverweij/dependency-cruiser/blob/main/doc/rules-reference.md
 */
export function rules({ everywhere, rooms, packages, entries }: Rooms): IForbiddenRuleType[] {
	const names = rooms.map(({ name }) => name);
	const house = `^(${[...new Set(names.map((name) => name.split("/")[0]))].join("|")})/`;
	const patterns = (of: readonly string[]): string[] => of.map((name) => filesOf(name, names));
	const starts = entries.map((path) => `^${escaped(path)}$`);
	return [
		...rooms.map(({ name, imports }) => ({
			name: `walls of ${name}`,
			comment: `It may import ${imports.join(", ") || "no other room"}, as tools/walls/rooms.yaml says.`,
			severity: "error" as const,
			from: { path: patterns([name]), pathNot: tests },
			to: { path: house, pathNot: patterns([name, ...everywhere, ...imports]) },
		})),
		...packages.map(({ name, rooms: allowed }) => ({
			name: `rooms of ${name}`,
			comment: `Only ${allowed.join(", ")} may import it, as tools/walls/rooms.yaml says.`,
			severity: "error" as const,
			from: { path: house, pathNot: [...patterns(allowed), tests] },
			to: { path: `(^|/)node_modules/${escaped(name)}/` },
		})),
		{
			name: "every file has a room",
			comment: "Give its folder a line in tools/walls/rooms.yaml.",
			severity: "error",
			from: { path: house, pathNot: [...patterns(names), tests] },
			to: {},
		},
		{
			name: "no circle",
			comment: "Cut it by an interface, or move what both need to a file below both.",
			severity: "error",
			from: {},
			to: { circular: true },
		},
		{
			name: "product without tests",
			comment: "Benchmarks may: they need the servers that tests start.",
			severity: "error",
			from: { path: house, pathNot: [tests, "^bench/"] },
			to: { path: tests },
		},
		{
			name: "product without development packages",
			comment: "What runs is a dependency in package.json; only what the page bundles is not.",
			severity: "error",
			from: { path: "^(cli|infra|etl)/", pathNot: [tests, besideProduct, "^cli/dashboard/page/", "\\.mjs$"] },
			to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
		},
		{
			name: "declared packages",
			severity: "error",
			from: {},
			to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
		},
		{
			name: "found",
			comment: "The site has packages of its own, which only `npm run site` installs.",
			severity: "error",
			from: { pathNot: "^tools/site/\\.vitepress/" },
			to: { couldNotResolve: true },
		},
		{
			name: "nothing unused",
			comment: "No entry leads to it: remove it, or move it to the tests.",
			severity: "error",
			from: { path: starts },
			to: { path: "^(cli|infra|etl)/.*\\.ts$", pathNot: [tests, besideProduct, ...starts], reachable: false },
		},
		{
			name: "no orphan",
			comment: "It imports nothing and nothing imports it.",
			severity: "error",
			from: { orphan: true, pathNot: "\\.d\\.m?ts$" },
			to: {},
		},
	];
}

/** A regular expression of a room's files: those of the folder itself where rooms below it have lines of their own. */
function filesOf(name: string, names: readonly string[]): string {
	if (isFile(name)) return `^${escaped(name)}$`;
	const below = names.filter((other) => other.startsWith(`${name}/`));
	if (below.length === 0) return `^${escaped(name)}/`;
	const files = below.filter(isFile).map((file) => escaped(file.slice(name.length + 1)));
	return `^${escaped(name)}/${files.length === 0 ? "" : `(?!(${files.join("|")})$)`}[^/]+$`;
}

function isFile(name: string): boolean {
	return /\.\w+$/.test(name);
}

function escaped(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
