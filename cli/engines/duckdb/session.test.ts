import { expect, vi } from "vitest";
import { test } from "../../../tests/support/fixtures.ts";
import { withDuckDb } from "./session.ts";

test("an abort while the DuckDB is opened ends with its reason, and no statement runs", async ({ folder, abort }) => {
	const work = vi.fn();
	const answer = withDuckDb({ folders: [], spill: folder }, abort.signal, work);
	const reason = new Error("aborted");
	abort.abort(reason);
	await expect(answer).rejects.toBe(reason);
	expect(work).not.toHaveBeenCalled();
});
