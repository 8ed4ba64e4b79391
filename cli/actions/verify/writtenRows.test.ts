import { describe, expect, it } from "vitest";
import { shop } from "../../../tests/support/sampleShop.ts";
import { cancelled } from "../../common/errors.ts";
import type { SourceConnection } from "../../engines/port.ts";
import { type Plan, planOf } from "./plan.ts";
import { removeRows, writeRows } from "./writtenRows.ts";

/** A source that fails at every statement. */
const failing = (error: Error): SourceConnection => ({
	query: () => Promise.reject(error),
	close: async () => undefined,
});
const refused = (code: string) => failing(Object.assign(new Error(`${code} by test`), { code }));

const plan: Plan = {
	table: { schema: "wordpress-db", table: "wp_terms" },
	written: ["slug"],
	values: [["a"]],
	columns: ["slug"],
	taken: ["term_id", "slug"],
	key: ["slug"],
	recognised: { columns: ["slug"], values: [["a"]] },
	isMarked: true,
	isHeartbeat: false,
	created: false,
};

describe("what the source refuses", () => {
	it("a user who may not write gets the grant to ask for", async () => {
		const source = refused("ER_TABLEACCESS_DENIED_ERROR");
		for (const work of [() => writeRows(source, plan), () => removeRows(source, plan)]) {
			await expect(work()).rejects.toMatchObject({
				outcome: "usage",
				text: { fix: "Grant it: GRANT SELECT, INSERT, DELETE ON `wordpress-db`.`wp_terms` TO that user." },
			});
		}
	});

	it("rows of somebody who verifies at the same time are not the fault of the program", async () => {
		await expect(writeRows(refused("ER_DUP_ENTRY"), plan)).rejects.toMatchObject({
			outcome: "failure",
			text: { what: "Another verify-cdc wrote the same rows at the same time." },
		});
	});

	it("a table that cannot be read: never a suggestion to seed", async () => {
		await expect(planOf(shop.pipeline, refused("ER_NO_SUCH_TABLE"), false)).rejects.toMatchObject({
			outcome: "usage",
			text: { next: "pipeline-cli verify-cdc --read-only", fix: expect.not.stringContaining("seed") },
		});
	});

	it("a cancelled command stays one", async () => {
		const reason = cancelled("verify-cdc was cancelled.");
		await expect(planOf(shop.pipeline, failing(reason), false)).rejects.toBe(reason);
		await expect(writeRows(failing(reason), plan)).rejects.toBe(reason);
	});
});

it("a definition with rows of its own makes no table of heartbeats", async () => {
	await expect(planOf(shop.pipeline, refused("X"), true)).rejects.toMatchObject({ outcome: "usage" });
});
