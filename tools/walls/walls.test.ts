import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cruise, type ICruiseOptions, type ICruiseResult } from "dependency-cruiser";
import extractDepcruiseOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import extractTsConfig from "dependency-cruiser/config-utl/extract-ts-config";
import { describe, expect } from "vitest";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { it } from "../../tests/support/fixtures.ts";
import { parseRooms, readRooms } from "./rooms.ts";
import { wallsTable } from "./table.ts";

type Files = Record<string, string>;

const imports = (...paths: string[]): string => paths.map((path) => `import "${path}";\n`).join("");
const installed = (name: string): Files => ({
	[`node_modules/${name}/package.json`]: JSON.stringify({ name, main: "index.js" }),
	[`node_modules/${name}/index.js`]: "",
});

/** A small house that keeps every rule. */
const sound: Files = {
	"package.json": JSON.stringify({ dependencies: { mysql2: "1" }, devDependencies: { devtool: "1" } }),
	...installed("mysql2"),
	...installed("devtool"),
	...installed("undeclared"),
	"cli/main.ts": imports("./stack.ts"),
	"cli/stack.ts": imports("./engines/local/stack.ts", "../infra/outputs.ts"),
	"cli/common/errors.ts": "export type Outcome = string;",
	"cli/common/errors.test.ts": imports("./errors.ts", "../engines/mysql/connection.ts", "devtool"),
	"cli/engines/local/stack.ts": imports("./source/server.ts"),
	"cli/engines/local/source/server.ts": imports("../../mysql/connection.ts", "../../../../etl/contract/contract.ts"),
	"cli/engines/mysql/connection.ts": `${imports("mysql2")}import type { Outcome } from "../../common/errors.ts";`,
	"etl/contract/contract.ts": "",
	"infra/index.ts": imports("./config.ts"),
	"infra/config.ts": imports("./outputs.ts"),
	"infra/outputs.ts": "",
};

describe("the walls", () => {
	let root: string;
	let options: ICruiseOptions;
	const tsConfig = extractTsConfig(join(projectRoot, "tsconfig.json"));

	it.beforeAll(async () => {
		const { cache: _, ...found } = await extractDepcruiseOptions(join(projectRoot, ".dependency-cruiser.mjs"));
		options = found;
	});
	it.beforeEach(async ({ folder }) => {
		root = folder;
	});

	/** What the rules of this repository say to the sound house with other files in it: rule, from, to. */
	async function broken(files: Files): Promise<string[]> {
		for (const [path, text] of Object.entries({ ...sound, ...files })) {
			await mkdir(dirname(join(root, path)), { recursive: true });
			await writeFile(join(root, path), text);
		}
		const { output } = await cruise(["cli", "infra", "etl"], { ...options, baseDir: root }, {}, { tsConfig });
		const { violations } = (output as ICruiseResult).summary;
		return violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).sort();
	}

	it("let through what the table allows, and tests everything", async () => {
		expect(await broken({})).toEqual([]);
	});

	it.each<[string, Files, string[]]>([
		[
			"common code that imports an engine",
			{ "cli/common/errors.ts": imports("../engines/duckdb/values.ts"), "cli/engines/duckdb/values.ts": "" },
			["walls of cli/common: cli/common/errors.ts → cli/engines/duckdb/values.ts"],
		],
		[
			"one engine that imports the other, if only a type",
			{
				"cli/stack.ts": imports("./engines/local/stack.ts", "./engines/aws/stack.ts"),
				"cli/engines/aws/stack.ts": 'import type { X } from "../local/source/server.ts";',
			},
			["walls of cli/engines/aws: cli/engines/aws/stack.ts → cli/engines/local/source/server.ts"],
		],
		[
			"an import when it is needed",
			{ "cli/engines/mysql/connection.ts": 'export const lazy = () => import("../local/source/server.ts");' },
			[
				"no circle: cli/engines/local/source/server.ts → cli/engines/mysql/connection.ts",
				"nothing unused: cli/common/errors.ts → cli/common/errors.ts",
				"walls of cli/engines/mysql: cli/engines/mysql/connection.ts → cli/engines/local/source/server.ts",
			],
		],
		[
			"the command line that imports more of infra than its outputs",
			{ "cli/stack.ts": imports("./engines/local/stack.ts", "../infra/config.ts") },
			["walls of cli: cli/stack.ts → infra/config.ts"],
		],
		[
			"infra that imports the command line",
			{ "infra/config.ts": imports("./outputs.ts", "../cli/common/errors.ts") },
			["walls of infra: infra/config.ts → cli/common/errors.ts"],
		],
		[
			"a circle of types only, within one room",
			{
				"cli/common/errors.ts": 'import type { A } from "./text.ts"; export type Outcome = A;',
				"cli/common/text.ts": 'import type { Outcome } from "./errors.ts"; export type A = Outcome;',
			},
			["no circle: cli/common/errors.ts → cli/common/text.ts"],
		],
		[
			"a folder without a room",
			{
				"cli/stack.ts": imports("./engines/local/stack.ts", "../infra/outputs.ts", "./cellar/wine.ts"),
				"cli/cellar/wine.ts": imports("../common/errors.ts"),
			},
			[
				"every file has a room: cli/cellar/wine.ts → cli/common/errors.ts",
				"walls of cli: cli/stack.ts → cli/cellar/wine.ts",
			],
		],
		[
			"product code that imports a test",
			{ "infra/config.ts": imports("./outputs.ts", "./config.test.ts"), "infra/config.test.ts": "" },
			["product without tests: infra/config.ts → infra/config.test.ts"],
		],
		[
			"packages in the wrong room, of development, and undeclared",
			{
				"cli/common/errors.ts": imports("mysql2", "devtool", "undeclared", "missing"),
			},
			[
				"declared packages: cli/common/errors.ts → node_modules/undeclared/index.js",
				"found: cli/common/errors.ts → missing",
				"product without development packages: cli/common/errors.ts → node_modules/devtool/index.js",
				"rooms of mysql2: cli/common/errors.ts → node_modules/mysql2/index.js",
			],
		],
		[
			"what no entry leads to",
			{ "cli/common/text.ts": imports("./errors.ts"), "cli/common/text.test.ts": imports("./text.ts") },
			["nothing unused: cli/common/text.ts → cli/common/text.ts"],
		],
	])("stop %s", async (_, files, expected) => {
		expect(await broken(files)).toEqual(expected);
	});
});

describe("the table of rooms", () => {
	it("is refused with a room that it does not have, or an entry that it does not know", () => {
		const table = (imports: string, more = ""): string =>
			`everywhere: []\nrooms: { a: { holds: x, imports: [${imports}]${more} } }\npackages: {}\nentries: []`;
		expect(parseRooms(table("")).rooms).toEqual([{ name: "a", holds: "x", imports: [] }]);
		expect(() => parseRooms(table("b"))).toThrow("no room b");
		expect(() => parseRooms(table("", ", import: [a]"))).toThrow("import");
	});

	it("has no circle of rooms", async () => {
		const { rooms } = await readRooms();
		const graph = new Map(rooms.map(({ name, imports }) => [name, imports]));
		const reached = (from: string, seen = new Set<string>()): Set<string> => {
			for (const next of graph.get(from) ?? []) if (!seen.has(next)) reached(next, seen.add(next));
			return seen;
		};
		const circling = rooms.map(({ name }) => name).filter((name) => reached(name).has(name));
		expect(circling).toEqual([]);
	});

	it("is shown part by part, with names as seen from the part", () => {
		const table = wallsTable(
			parseRooms(`
everywhere: []
rooms:
  a: { holds: the first, imports: [] }
  b: { holds: the second, imports: [a, ./*] }
  b/c: { holds: the third, imports: [a, ../d] }
  b/d: { holds: the fourth, imports: [] }
packages: { p: [b, b/*] }
entries: []`),
		);
		expect(table).toBe(
			[
				"| beside | holds | may import |\n|---|---|---|\n| `a` | the first | nothing |",
				"| `b/` | holds | may import |\n|---|---|---|\n| `.` | the second | `a`, `*` |\n| `c` | the third | `a`, `d` |\n| `d` | the fourth | nothing |",
				"| package | only in |\n|---|---|\n| `p` | `b`, `b/*` |",
			].join("\n\n"),
		);
	});
});
