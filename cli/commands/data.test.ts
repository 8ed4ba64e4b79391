import { expect, it, vi } from "vitest";
import { testContext } from "../../tests/support/context.ts";
import type { Invocation, Run } from "../command.ts";
import { commands } from "../commands.ts";
import type { Stack } from "../engines/port.ts";
import { main } from "../run.ts";
import { run as logs } from "./logs/run.ts";
import { run as query } from "./query/run.ts";
import { run as warehouseQuery } from "./warehouseQuery/run.ts";

const said = "pipeline-cli status";
const result = { columns: [{ name: "a", type: "string" }], rows: [[said]], seconds: 0 };
const engine = { run: async () => result, query: async () => result };

const stack = {
	name: "test",
	engine: "aws",
	query: async () => engine,
	warehouse: async () => engine,
	replication: async () => ({ status: async () => ({ state: "stopped", tables: { errored: 0 } }) }),
	logs: async () => ({ parts: ["a"], read: async () => ({ log: "x", lines: [said] }) }),
	definition: async () => ({
		queries: [{ name: "a", title: said, description: "", sql: "" }],
		views: [{ name: "v", title: said, description: "", sql: "" }],
	}),
} as unknown as Stack;

it.each([
	["query", query, { sql: "SELECT 1" }, {}],
	["query --list", query, {}, { list: true }],
	["warehouse query", warehouseQuery, { sql: "SELECT 1" }, { csv: false }],
	["warehouse query --name", warehouseQuery, { sql: undefined }, { csv: false, name: "v" }],
	["warehouse query --list", warehouseQuery, {}, { list: true }],
	["logs", logs, { part: "a" }, { lines: 1 }],
] as [string, Run<never>, object, object][])("%s shows what it reads as it is", async (_, run, args, options) => {
	const invocation = { args, options, json: false, stack: async () => stack, context: testContext() };
	const { text, asIs } = await run(invocation as unknown as Invocation<never>);
	expect(text).toContain(said);
	expect(asIs).toBe(true);
});

it.each([
	[query, "The definition has no named queries."],
	[warehouseQuery, "The definition has no views."],
] as [Run<never>, string][])("an empty list is said", async (run, said) => {
	const empty = { ...stack, definition: async () => ({ queries: [], views: [] }) };
	const context = testContext();
	const noted = vi.spyOn(context.reporter, "note");
	const invocation = { args: {}, options: { list: true }, json: false, stack: async () => empty, context };
	expect((await run(invocation as unknown as Invocation<never>)).text).toBe("");
	expect(noted).toHaveBeenCalledExactlyOnceWith(said);
});

it.each([
	[true, "pipeline-cli status"],
	[false, "npx pipeline-cli status"],
])("words that look like a command are left as they are: %s", async (asIs, shown) => {
	vi.stubEnv("npm_command", "exec");
	const command = commands.find(({ name }) => name === "query");
	if (command === undefined) throw new Error("there is no query");
	vi.spyOn(command, "load").mockResolvedValue(async () => ({ json: {}, text: said, asIs }));
	const written = vi.spyOn(process.stdout, "write").mockImplementation(((_: string, done?: () => void) => {
		done?.();
		return true;
	}) as typeof process.stdout.write);
	expect(await main(["query"], () => undefined)).toBe(0);
	expect(written.mock.calls.map(([text]) => text)).toEqual([`${shown}\n`]);
});
