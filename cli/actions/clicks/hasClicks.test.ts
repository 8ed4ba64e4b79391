import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "vitest";
import { lake } from "../../../etl/contract/contract.ts";
import { it } from "../../../tests/support/fixtures.ts";
import { LocalObjectStore } from "../../engines/local/objectStore.ts";
import { markedClicks, verificationMark } from "../verify/markedClicks.ts";
import { hasClicks } from "./hasClicks.ts";

it("counts no click by which somebody verified the way", async ({ folder }) => {
	const raw = new LocalObjectStore(folder);
	expect(await hasClicks(raw)).toBe(false);
	await mkdir(join(folder, lake.clickstream));
	const add = (name: string, clicks: readonly unknown[]): Promise<void> => {
		const lines = clicks.map((click) => `${JSON.stringify(click)}\n`).join("");
		return writeFile(join(folder, lake.clickstream, name), name.endsWith(".gz") ? gzipSync(lines) : lines);
	};
	const { records } = markedClicks({ page: "string", at: "bigint" }, `${verificationMark}1`, 4);
	await add("1.json.gz", records);
	expect(await hasClicks(raw)).toBe(false);
	await add("2.json", [...records, { page: "/", at: 1 }]);
	expect(await hasClicks(raw)).toBe(true);
});
