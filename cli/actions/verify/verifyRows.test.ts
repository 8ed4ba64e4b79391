import { describe, expect, it } from "vitest";
import { cancelled } from "../../common/errors.ts";
import type { SourceConnection } from "../../engines/port.ts";
import { insert, isSampleTable, removeRows } from "./verifyRows.ts";

/** A source that fails at every statement. */
const failing = (error: Error): SourceConnection => ({
	query: () => Promise.reject(error),
	close: async () => undefined,
});
const refused = (code: string) => failing(Object.assign(new Error(`${code} by test`), { code }));

describe("what the source refuses", () => {
	it("a user who may not write gets the grant to ask for", async () => {
		const source = refused("ER_TABLEACCESS_DENIED_ERROR");
		for (const work of [() => insert(source, ["a"], false), () => removeRows(source, ["a"])]) {
			await expect(work()).rejects.toMatchObject({
				outcome: "usage",
				text: { fix: "Allow it: GRANT INSERT, DELETE ON `wordpress-db`.`wp_terms` TO that user." },
			});
		}
	});

	it("rows of somebody who verifies at the same time are not the fault of the program", async () => {
		await expect(insert(refused("ER_DUP_ENTRY"), ["a"], true)).rejects.toMatchObject({
			outcome: "failure",
			text: { what: "Somebody else verifies at the same time." },
		});
	});

	it("a cancelled command stays one", async () => {
		const reason = cancelled("verify-cdc was cancelled.");
		await expect(isSampleTable(failing(reason))).rejects.toBe(reason);
		await expect(insert(failing(reason), ["a"], false)).rejects.toBe(reason);
	});
});
