import { expect } from "vitest";
import { rounds } from "../support/cases.ts";
import { test } from "../support/ddlFixtures.ts";
import { expectSame, RandomForeignKeys } from "../support/randomForeignKeys.ts";
import { isMySql } from "../support/servers/source.ts";
import { Random } from "../support/values/random.ts";

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

test.runIf(isMySql).for(Array.from({ length: rounds(20, 1) }, (_, at) => seed + at))(
	"what foreign keys do is read where the server logs it, each change once (SEED=%i)",
	async (one, { db, settle, stack }) => {
		const made = new RandomForeignKeys(new Random(one), `k${one}_`, ["shop", "unselected"]);
		const said = made.create();
		for (const sql of said) await db.query(sql);
		await made.change(db, 60);
		await settle();
		await expectSame(db, stack, made, said);
		expect((await stack.replication.status()).cascading).toBeUndefined();
	},
);
