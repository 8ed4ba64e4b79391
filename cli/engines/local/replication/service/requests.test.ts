import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { putAside, RequestBox, writeRequest } from "./requests.ts";

test("looking at requests changes nothing; a damaged one is named, put aside by who works on them, and does not hide the others", async () => {
	const folder = await mkdtemp(join(tmpdir(), "requests-"));
	onTestFinished(() => rm(folder, { recursive: true, force: true }));
	const good = await writeRequest(folder, ["shop.orders"], true);
	await writeFile(join(folder, "x.json"), "{{{");
	const box = new RequestBox(folder);
	const names = (await readdir(folder)).sort();
	const requested = await box.take();
	expect((await readdir(folder)).sort()).toEqual(names);
	expect(requested).toMatchObject({ all: false, tables: ["shop.orders"], purged: ["shop.orders"] });
	expect(requested.damaged).toEqual([
		{ path: join(folder, "x.json"), why: expect.stringContaining("A request to the replicator is damaged.") },
	]);
	await requested.done();
	expect(await readdir(folder)).toEqual(["x.json"]);
	await putAside(requested.damaged);
	expect(await readdir(folder)).toEqual(["x.json.damaged"]);
	expect((await box.take()).damaged).toEqual([]);
	expect(good).toContain(folder);
});
