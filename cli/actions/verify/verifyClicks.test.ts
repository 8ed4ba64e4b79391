import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "vitest";
import { test } from "../../../tests/support/fixtures.ts";
import { shop } from "../../../tests/support/sampleShop.ts";
import { PipelineError } from "../../common/errors.ts";
import type { Context, JobReport, Stack, StoredObject } from "../../engines/port.ts";
import { verifyClicks } from "./verifyClicks.ts";

interface Click {
	productid: number;
	productname: string;
	department: string;
	price: number;
	productDetails: { color: string; material: string; comments: string };
}

const orderItems = [1, 2, 2];

let folder: string;

test.beforeEach(async ({ folder: own }) => {
	folder = own;
});

function contextOf(signal: AbortSignal = new AbortController().signal): Context {
	return {
		reporter: {
			task: (_, run) => run(() => undefined),
			wait: (_, work) => work(),
			note: () => undefined,
			warn: () => undefined,
		},
		signal,
	};
}

/** A stream in memory that delivers to one object an hour; `damage` changes what a query finds. */
class FakeStream {
	readonly objects: StoredObject[] = [];
	readonly clicks: Click[] = [];
	delivers = true;
	lost = 0;
	crawls = 0;
	registered = true;
	joined = (clicks: Click[]): number =>
		clicks.reduce((sum, { productid }) => sum + orderItems.filter((item) => item === productid).length, 0);
	damage: (clicks: Click[]) => Click[] = (clicks) => clicks;
	hour = (): string => new Date().toISOString().slice(0, 13).replaceAll(/[-T]/g, "/");

	stack(): Stack {
		return {
			name: "test",
			definition: async () => shop,
			replication: async () => ({ ruleChanges: async () => [] }),
			engine: "local",
			eventStream: async () => ({
				send: async (records: string[]) => {
					if (this.delivers) await this.#deliver(records);
					return { accepted: records.length - this.lost, retried: 0, lost: this.lost, malformed: 0, seconds: 0 };
				},
			}),
			raw: async () => ({
				list: async function* (this: FakeStream, prefix: string) {
					yield* this.objects.filter(({ key }) => key.startsWith(prefix));
				}.bind(this),
				fetch: async (key: string) => join(folder, key.split("/").at(-1) ?? ""),
			}),
			crawlers: async () => ({
				registered: async () => ({ database: "d", tables: this.registered ? [{ name: "clickstream_data" }] : [] }),
				crawl: async () => {
					this.crawls += 1;
					return { database: "d", tables: [], removed: [] };
				},
			}),
			jobs: async () => ({
				open: async () => ({
					runId: "r",
					run: async ({ name }: { name: string }) => ({
						job: name,
						id: name,
						state: "succeeded",
						seconds: 0,
						log: "",
						report: {} as JobReport,
					}),
					close: async () => undefined,
				}),
			}),
			query: async () => ({
				run: async (sql: string) => ({
					columns: [
						{ name: "found", type: "bigint" },
						{ name: "expected", type: "bigint" },
					],
					rows: this.#query(sql),
					seconds: 0,
				}),
			}),
		} as unknown as Stack;
	}

	async #deliver(records: string[]): Promise<void> {
		const name = `stream-${this.objects.length}.json.gz`;
		await writeFile(join(folder, name), gzipSync(`{"productname":"of another"}\n${records.join("\n")}\n`));
		this.objects.push({ key: `clickstream-data/${this.hour()}/${name}`, size: 1, modified: new Date() });
		this.clicks.push(...records.map((record) => JSON.parse(record) as Click));
	}

	#query(sql: string): unknown[][] {
		const clicks = this.damage(this.clicks);
		if (sql.includes("FROM joint_tables")) return [[this.joined(clicks), String(this.joined(this.clicks))]];
		return clicks.map(({ productDetails: details, ...click }) => [
			click.productid,
			click.productname,
			click.department,
			click.price,
			details.color,
			details.material,
			details.comments,
			...this.hour().split("/"),
		]);
	}
}

test("follows marked clicks to the joined table", async () => {
	const stream = new FakeStream();
	const report = await verifyClicks(stream.stack(), contextOf());
	expect(report.checks.map(({ name, ok }) => [name, ok])).toEqual([
		["stream", true],
		["raw zone", true],
		["clickstream_data", true],
		["hour", true],
		["jobs", true],
		["joint_tables", true],
	]);
	expect(report.ok).toBe(true);
	expect(report.rows.map(([id]) => id)).toEqual(["1", "2", "3", "4"]);
	expect(report.rawFiles).toEqual([stream.objects[0]?.key]);
	expect(report.checks.at(-1)?.detail).toBe("3 of 3 rows: clicks × order items");
});

test("registers the table of clicks where it is unknown", async () => {
	const stream = new FakeStream();
	await verifyClicks(stream.stack(), contextOf());
	const usual = stream.crawls;
	stream.registered = false;
	await verifyClicks(stream.stack(), contextOf());
	expect(stream.crawls).toBe(2 * usual + 1);
});

test.each<[string, (clicks: Click[]) => Click[]]>([
	["a lost click", (clicks) => clicks.slice(0, -1)],
	["a click twice", (clicks) => [...clicks, ...clicks.slice(0, 1)]],
	["a changed value", (clicks) => clicks.map((click) => ({ ...click, price: 0 }))],
	[
		"a cut text",
		(clicks) => clicks.map((click) => ({ ...click, productDetails: { ...click.productDetails, comments: '"quoted' } })),
	],
])("finds %s", async (_, damage) => {
	const stream = new FakeStream();
	stream.damage = damage;
	const report = await verifyClicks(stream.stack(), contextOf());
	expect(report.ok).toBe(false);
	expect(report.checks.find(({ name }) => name === "clickstream_data")?.ok).toBe(false);
});

test("finds a loss that the stream reports", async () => {
	const stream = new FakeStream();
	stream.lost = 1;
	const report = await verifyClicks(stream.stack(), contextOf());
	expect(report.checks[0]).toMatchObject({ name: "stream", ok: false, detail: "3 accepted, 1 lost" });
	expect(report.ok).toBe(false);
});

test("fails at the timeout where nothing is delivered", async () => {
	const stream = new FakeStream();
	stream.delivers = false;
	const abort = new AbortController();
	setTimeout(() => abort.abort(new PipelineError("timeout", { what: "too late" })), 100);
	await expect(verifyClicks(stream.stack(), contextOf(abort.signal))).rejects.toMatchObject({
		outcome: "timeout",
		text: { what: "Timed out waiting for an object that contains the marked clicks." },
	});
});
