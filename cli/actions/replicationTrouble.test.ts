import { expect, it } from "vitest";
import { PipelineError } from "../common/errors.ts";
import type { ReplicationStatus, Stack } from "../engines/port.ts";
import { replicationTrouble, tablesInError } from "./replicationTrouble.ts";

const tables = { loaded: 2, loading: 0, queued: 0, errored: 0 };
const loaded = { fullLoadProgress: 100, tables };

/** @param behind what a comparison says. */
function stackOf(engine: Stack["engine"], status: Partial<ReplicationStatus>, behind?: string): Stack {
	const parts = {
		...{ name: "test", engine },
		replication: async () => ({ status: async () => ({ ...loaded, ...status }) }),
		comparison: async () => (engine === "aws" ? {} : { behind: async () => behind }),
	};
	return parts as unknown as Stack;
}

it.for<[string, Stack, RegExp | undefined]>([
	["failed", stackOf("local", { state: "failed", lastError: "the disk\nis full" }), /has failed, .* the disk is full$/],
	["failed on AWS", stackOf("aws", { state: "failed-move" }), /has failed/],
	[
		"running with an error",
		stackOf("local", { state: "running", lastError: "no route" }),
		/may be behind the source\. no route$/,
	],
	[
		"running, and far behind",
		stackOf("local", { state: "running" }, "it has stood"),
		/behind the source: it has stood\.$/,
	],
	[
		"running with nothing to replicate",
		stackOf("local", { state: "running", tables: { ...tables, loaded: 0 } }),
		/^No table is replicated/,
	],
	["running on AWS, and late", stackOf("aws", { state: "running", latencySeconds: 3600 }), /latency of 60 minutes\.$/],
	["running on AWS", stackOf("aws", { state: "running", latencySeconds: 90 }), undefined],
	["running after a late change", stackOf("local", { state: "running", latencySeconds: 3600 }), undefined],
	["stopped by somebody", stackOf("local", { state: "stopped", lastError: "of before" }, "it has stood"), undefined],
	["not started yet", stackOf("aws", { state: "ready" }), undefined],
])("%s", async ([, stack, said]) => {
	const trouble = await replicationTrouble(stack);
	if (said === undefined) expect(trouble).toBeUndefined();
	else expect(trouble).toMatch(said);
});

it("what cannot be asked is said, and does not end what asks", async () => {
	const refused = async () => {
		throw new PipelineError("serviceRefused", { what: "You may not look at the task." });
	};
	const stack = { replication: refused } as unknown as Stack;
	expect(await replicationTrouble(stack)).toBe("You may not look at the task.");
});

it("tables in error are named with their reasons; where a statement is asked for, those that it reads", async () => {
	const error = (table: string) => ({ schema: "own", table, state: "Table error", lastError: "its\nindex is damaged" });
	const stack = {
		replication: async () => ({
			status: async () => ({ tables: { errored: 2 } }),
			tables: async () => [error("a b"), { ...error("good"), state: "Table completed" }, error("orders")],
		}),
		crawlers: async () => ({
			registered: async () => ({ tables: [{ name: "own_orders", location: "file:///lake/current/own/orders" }] }),
		}),
		definition: async () => ({ datasets: [] }),
	} as unknown as Stack;
	expect(await tablesInError(stack)).toBe(
		"2 tables in error, whose changes do not reach the lake: own.a b (its index is damaged), own.orders (its index is damaged).",
	);
	const asked = (sql: string) => tablesInError(stack, sql);
	expect(await asked("SELECT * FROM good")).toBeUndefined();
	expect(await asked("SELECT * FROM a_x0020_b")).toMatch(/^1 table in error, .* own\.a b /);
	expect(await asked("SELECT 1 FROM good, own_orders_changes")).toMatch(/own\.orders/);
});
