import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import contract from "./contract.json" with { type: "json" };

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

const { rawColumns, changeLogColumns, prefixes, catalog, runs, streams } = contract;

/** What only the contract may spell: words that mean nothing else anywhere. */
const literals = [
	rawColumns.commitTime,
	rawColumns.changeSequence,
	rawColumns.beforeImagePrefix,
	changeLogColumns.operation,
	prefixes.clickstream,
	prefixes.clickstreamErrors,
	prefixes.state,
	prefixes.runs,
	prefixes.staging,
	prefixes.stream,
	prefixes.batch,
	catalog.databasePrefix,
	runs.byHand,
	...Object.values(streams),
];

function productFiles(): string[] {
	return ["cli", "infra", "etl"].flatMap((folder) =>
		readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile() && /\.(ts|py)$/.test(entry.name) && !entry.name.endsWith(".test.ts"))
			.map((entry) => relative(root, join(entry.parentPath, entry.name)))
			.filter((file) => !/^etl\/(contract|tests)\/|^infra\/testing\/|\/fixtures\//.test(file)),
	);
}

/** Code without its comments and docstrings. */
function code(file: string): string {
	const text = readFileSync(join(root, file), "utf8");
	return file.endsWith(".py")
		? text.replaceAll(/"""[\s\S]*?"""|#.*/g, "")
		: text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*/g, "");
}

it.each(literals)("%s is spelled in contract.json alone", (literal) => {
	const spelled = new RegExp(`["'\`/]${literal}`);
	const found = productFiles().filter((file) => spelled.test(code(file)));
	expect(found).toEqual([]);
});
