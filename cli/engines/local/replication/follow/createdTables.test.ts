import { describe, expect, it } from "vitest";
import { FakeReader, FakeSource, rulesOf } from "../../../../../tests/support/fakeReader.ts";

const rules = rulesOf("source: { schemas: { shop: {} } }");

function create(source: FakeSource, table: string): void {
	source.execute(`CREATE TABLE ${table} (id INT, a VARCHAR(40))`, (tables) => tables.set(`shop.${table}`, ["a"]));
}

function drop(source: FakeSource, table: string): void {
	source.execute(`DROP TABLE ${table}`, (tables) => tables.delete(`shop.${table}`));
}

async function readAll(source: FakeSource, reader: FakeReader): Promise<string[]> {
	while (reader.read < source.log.length) await reader.next();
	await reader.publish();
	return reader.files.map((file) => file.replace(/\/[^/]*$/, ""));
}

describe("a table that is created", () => {
	it("has one file of no rows when the batch ends", async () => {
		const source = new FakeSource();
		const reader = new FakeReader(source, rules);
		create(source, "first");
		create(source, "second");
		expect(await readAll(source, reader)).toEqual(["shop/first", "shop/second"]);
		expect(await readAll(source, reader)).toHaveLength(2);
	});

	it("has no second one where its columns change in the same batch", async () => {
		const source = new FakeSource();
		const reader = new FakeReader(source, rules);
		create(source, "first");
		await reader.next();
		source.execute("ALTER TABLE first ADD COLUMN b VARCHAR(40)", (tables) => tables.set("shop.first", ["a", "b"]));
		expect(await readAll(source, reader)).toEqual(["shop/first"]);
	});

	it("costs no file where it is gone before the batch ends, be they a thousand", async () => {
		const source = new FakeSource();
		const reader = new FakeReader(source, rules);
		for (let index = 0; index < 1000; index += 1) {
			create(source, `job_${index}`);
			await reader.next();
			drop(source, `job_${index}`);
			await reader.next();
		}
		expect(await readAll(source, reader)).toEqual([]);
		expect(reader.writes).toBe(0);
	});

	it("is loaded again under its new name, without a file of the old one", async () => {
		const source = new FakeSource();
		const reader = new FakeReader(source, rules);
		create(source, "first");
		await reader.next();
		source.execute("RENAME TABLE first TO later", (tables) => {
			tables.delete("shop.first");
			tables.set("shop.later", ["a"]);
		});
		expect(await readAll(source, reader)).toEqual([]);
		expect([...reader.state.tables.keys()]).toEqual(["shop.later"]);
	});
});
