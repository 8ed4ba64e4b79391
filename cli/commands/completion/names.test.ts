import { afterEach, expect, it, vi } from "vitest";
import { PipelineError } from "../../common/errors.ts";
import type { LocalHost } from "../../engines/port.ts";
import { nameKinds } from "../../options.ts";
import { namesOf } from "./names.ts";

const named = (...names: string[]): { name: string }[] => names.map((name) => ({ name }));
const stack = {
	crawlers: async () => ({ registered: async () => ({ tables: named("orders", "two\nlines") }) }),
	replication: async () => ({ tables: async () => [{ schema: "my shop", table: "orders" }] }),
	definition: async () => ({ queries: named("by_day"), views: named("sales"), jobs: named("apply-changes") }),
	models: async () => named("revenue"),
	logs: async () => ({ parts: ["replication", "schedule"] }),
	jobs: async () => ({ runs: async () => [{ runId: "20261129-125920-6457" }] }),
};
const host = (name = "local") => ({ name, stack: async () => stack, stacks: async () => ["local", "local-two"] });

const ask = (kind: (typeof nameKinds)[number], name?: string) =>
	namesOf(kind, async () => host(name) as unknown as LocalHost);

afterEach(() => {
	vi.unstubAllEnvs();
});

it("has names of every kind, one a line", async () => {
	vi.stubEnv("PIPELINE_STACK", undefined);
	const found = await Promise.all(nameKinds.map(async (kind) => [kind, await ask(kind)]));
	expect(Object.fromEntries(found)).toEqual({
		replicated: ["my shop.orders"],
		exportable: ["orders", "by_day"],
		queries: ["by_day"],
		views: ["sales"],
		models: ["revenue"],
		jobs: ["apply-changes"],
		logs: ["replication", "schedule"],
		runs: ["20261129-125920-6457"],
		stacks: ["local", "local-two"],
	});
});

it("has none of another stack than the one that is used, and none where there is nothing to look at", async () => {
	vi.stubEnv("PIPELINE_STACK", "dev");
	expect(await ask("queries")).toEqual([]);
	expect(await ask("stacks")).toEqual(["local", "local-two"]);
	vi.stubEnv("PIPELINE_STACK", "local-two");
	expect(await ask("queries", "local-two")).toEqual(["by_day"]);
	const damaged = () => Promise.reject(new PipelineError("failure", { what: "The data catalog is damaged." }));
	expect(await namesOf("queries", damaged)).toEqual([]);
});
