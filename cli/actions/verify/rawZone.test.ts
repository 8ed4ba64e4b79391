import { expect, it } from "vitest";
import type { ObjectStore, StoredObject } from "../../engines/port.ts";
import { knownFiles, rawObjects } from "./rawZone.ts";

const now = Date.parse("2026-11-28T12:00:00Z");
const table = { schema: "shop", table: "orders" };
const object = (name: string, minutesAgo: number): StoredObject => ({
	...{ key: `shop/orders/${name}`, size: 1, modified: new Date(now - minutesAgo * 60_000) },
});

function zone(objects: StoredObject[]): { raw: ObjectStore; listed: string[] } {
	const listed: string[] = [];
	const raw: Pick<ObjectStore, "list"> = {
		async *list(prefix, after = "") {
			for (const one of objects) {
				if (!one.key.startsWith(prefix) || one.key <= after) continue;
				listed.push(one.key);
				yield one;
			}
		},
	};
	return { raw: raw as ObjectStore, listed };
}

it("what was there is listed once, and files that were being written are looked at again", async () => {
	const old = Array.from({ length: 50 }, (_, index) => object(`20261127-1000000${index + 10}.parquet`, 1000 - index));
	const young = object("20261128-115900000.parquet", 1);
	const late = object("20261128-115800000.parquet", 0);
	const { raw, listed } = zone([...old, late, young, object("LOAD00000001.parquet", 2000)]);
	const known = await knownFiles(raw, table, now);
	expect(known.after).toBe(old.at(-1)?.key);
	expect(known.keys.size).toBe(53);
	listed.length = 0;
	await rawObjects(raw, table, known.after);
	expect(listed).toEqual([late.key, young.key, "shop/orders/LOAD00000001.parquet"]);
});

it("a table that was just loaded has no key to start after", async () => {
	expect(await knownFiles(zone([object("LOAD00000001.parquet", 60)]).raw, table, now)).not.toHaveProperty("after");
});
