import { describe, expect } from "vitest";
import { planOf } from "../../cli/actions/verify/plan.ts";
import { PipelineError } from "../../cli/common/errors.ts";
import type { LocalPaths } from "../../cli/engines/local/shared/paths.ts";
import { LocalSource } from "../../cli/engines/local/source/localSource.ts";
import { seedSource } from "../../cli/engines/local/source/seed/seed.ts";
import { startPrivateSource } from "../../cli/engines/local/source/up.ts";
import { it } from "../support/cliFixtures.ts";
import { client, refusal } from "../support/privateSource.ts";
import { shop } from "../support/sampleShop.ts";

describe("the sample schemas", () => {
	let paths: LocalPaths;

	it.beforeAll(async ({ filePaths, fileContext }) => {
		paths = filePaths;
		await startPrivateSource(fileContext, {}, paths);
		await seedSource(fileContext, { seed: 1, scale: 1 }, paths);
	});

	async function checksums(): Promise<Record<string, unknown>> {
		const connection = await client(paths);
		try {
			const [tables] = (await connection.query(
				"SELECT CONCAT('`', TABLE_SCHEMA, '`.`', TABLE_NAME, '`') AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA IN ('wordpress-db', 'classicmodels')",
			)) as unknown as [{ name: string }[]];
			const [sums] = (await connection.query(
				`CHECKSUM TABLE ${tables.map(({ name }) => name).join(", ")}`,
			)) as unknown as [{ Table: string; Checksum: unknown }[]];
			return Object.fromEntries(sums.map(({ Table, Checksum }) => [Table, Checksum]));
		} finally {
			await connection.end();
		}
	}

	it("hold all tables, and wp_terms as the sample shop has it", async () => {
		const status = await new LocalSource(paths).status();
		expect(status.schemas?.map(({ schema, tables }) => [schema, tables])).toEqual([
			["wordpress-db", 15],
			["classicmodels", 8],
		]);
		const connection = await client(paths);
		const [rows] = (await connection.query(
			"SELECT COUNT(*) AS count, MAX(term_id) AS last FROM `wordpress-db`.wp_terms",
		)) as unknown as [unknown[]];
		// The sample shop's statement must fit.
		await connection.beginTransaction();
		await connection.query("INSERT INTO `wordpress-db`.wp_terms VALUES ('16', 'random-1', 'random-1', '1')");
		await connection.rollback();
		await connection.end();
		expect(rows).toEqual([{ count: 15, last: 15 }]);
		const source = await new LocalSource(paths).connect();
		expect((await planOf(shop.pipeline, source, false)).sample).toEqual({ rowCount: 15 });
		await source.close();
	});

	it("keep texts and zero dates byte for byte", async () => {
		const connection = await client(paths);
		const [drafts] = (await connection.query(
			"SELECT COUNT(*) AS count FROM `wordpress-db`.wp_posts WHERE post_date_gmt = '0000-00-00 00:00:00'",
		)) as unknown as [{ count: number }[]];
		const [moons] = (await connection.query(
			"SELECT COUNT(*) AS count FROM `wordpress-db`.wp_options WHERE HEX(option_value) LIKE '%F09F8C99%'",
		)) as unknown as [{ count: number }[]];
		await connection.end();
		expect(drafts[0]?.count).toBeGreaterThan(0);
		expect(moons[0]?.count).toBe(1);
	});

	it("refuse to be overwritten, and are the same bytes again after a reset with the same seed", async ({ context }) => {
		const before = await checksums();
		expect(Object.keys(before)).toHaveLength(23);
		const error = await refusal(seedSource(context, { seed: 1, scale: 1 }, paths));
		expect(error.outcome).toBe("usage");
		expect(error.text.next).toContain("--reset");
		await seedSource(context, { seed: 2, scale: 1, reset: true }, paths);
		expect(await checksums()).not.toEqual(before);
		await seedSource(context, { seed: 1, scale: 1, reset: true }, paths);
		expect(await checksums()).toEqual(before);
	});

	it("are filled again where filling was interrupted", async ({ context, abort, fileContext }) => {
		const before = await checksums();
		const reason = new PipelineError("cancelled", { what: "Ctrl-C." });
		const { task } = context.reporter;
		context.reporter.task = (title, work) =>
			task(title, (update) =>
				work((detail) => {
					update(detail);
					if (title.includes("classicmodels")) abort.abort(reason);
				}),
			);
		await expect(seedSource(context, { seed: 1, scale: 2, reset: true }, paths)).rejects.toBe(reason);
		await seedSource(fileContext, { seed: 1, scale: 1 }, paths);
		expect(await checksums()).toEqual(before);
	});

	it("go through the binary log, so that a replication sees them", async ({ context }) => {
		const connection = await client(paths);
		const size = async (): Promise<number> => {
			const [logs] = (await connection.query("SHOW BINARY LOGS")) as unknown as [{ File_size: number }[]];
			return logs.reduce((sum, log) => sum + Number(log.File_size), 0);
		};
		const before = await size();
		await seedSource(context, { seed: 1, scale: 1, reset: true }, paths);
		const written = (await size()) - before;
		await connection.end();
		expect(written).toBeGreaterThan(500_000);
	});
});
