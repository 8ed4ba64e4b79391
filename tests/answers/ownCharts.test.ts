import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Browser } from "playwright-core";
import { describe, expect } from "vitest";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import { lake } from "../../etl/contract/contract.ts";
import type { JobReport } from "../../etl/contract/report.ts";
import { newRunId } from "../../etl/contract/runId.ts";
import type { CliStack, RunningCli } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";
import { accessibilityFaults, launchBrowser, openPage, screenshot, type WatchedPage } from "../support/page/browser.ts";
import { colors, cutLabels, drawn, numbers, patience, table } from "../support/page/dashboardPage.ts";
import { addressOf } from "../support/page/dashboardServer.ts";
import { makeSampleLake } from "../support/sampleLake.ts";

/** Orders by day, country and status. */
const orders = `SELECT order_date AS day, country, status, SUM(amount) AS revenue, COUNT(*) AS line_count, AVG(price_each) AS price
FROM fact_orders GROUP BY 1, 2, 3`;

const chart = (title: string, type: string, rest: string): string =>
	`  - { title: ${title}, query: sql/orders.sql, type: ${type}, filters: [country], ${rest} }\n`;

const head = "name: own\nsource: { schemas: [classicmodels] }\ncharts:\n";
const good = [
	chart("Total", "number", "y: revenue, format: eur"),
	chart("Days", "area", "x: day, y: revenue, series: country, time: week"),
	chart("Lines", "line", "x: day, y: [revenue, line_count], time: quarter"),
	chart("Share", "pie", "x: country, y: revenue"),
	chart("Parts", "stacked_bar", "x: country, y: [revenue, line_count]"),
	chart("Prices", "column", "x: country, y: price, aggregate: max, format: eur"),
	chart("Rows", "table", "y: [country, revenue], top: 3"),
	"  - { title: Waits, query: sql/waits.sql, type: bar, x: a, y: b }\n",
];
const broken = "  - { title: Broken, query: sql/broken.sql, type: bar, x: country, y: revenue }\n";

/** A definition that is not the sample shop's: every type of chart, and what an edit of its files does. */
describe("charts of one's own", () => {
	let stack: CliStack;
	let browser: Browser;
	let server: RunningCli;
	let opened: WatchedPage;
	let definition: string;

	it.beforeAll(async ({ fileStack, fileFolder }) => {
		stack = fileStack;
		const folder = join(fileFolder, "own");
		definition = join(folder, "pipeline.yaml");
		await mkdir(join(folder, "sql"), { recursive: true });
		await writeFile(join(folder, "sql", "orders.sql"), orders);
		await writeFile(join(folder, "sql", "waits.sql"), "SELECT a, b FROM invoices JOIN fact_orders ON true");
		await writeFile(join(folder, "sql", "broken.sql"), "SELECT country, revenu AS revenue FROM fact_orders");
		await writeFile(definition, head + good.join(""));
		await makeSampleLake(stack.home, folder);
		browser = await launchBrowser();
		server = stack.start(["dashboard", "--no-open"]);
		opened = await openPage(browser, await addressOf(server), { viewport: { width: 1360, height: 900 } });
	});

	it.afterAll(async () => {
		await browser?.close();
	});

	it("are drawn, of whatever type, and filtered", async () => {
		const { page, faults } = opened;
		await drawn(page);
		expect(await page.title()).toBe("own · local");
		for (const id of ["days", "lines", "share", "parts", "prices"]) {
			expect(await colors(page, id), id).toBeGreaterThan(3);
			expect((await table(page, id)).length, id).toBeGreaterThan(1);
			expect(await cutLabels(page, id), id).toBe(false);
		}
		expect(await page.locator("#figures").textContent()).toContain("€");
		expect(await table(page, "rows")).toHaveLength(3);
		expect(await page.locator("#table-rows").isVisible()).toBe(true);
		expect((await numbers(page, "prices"))[0]?.[0]).toMatch(/^€\d/);
		expect(await page.locator("#waiting").textContent()).toBe(
			"1 chart needs a table that is not available yet: invoices.",
		);
		expect(await page.locator("#card-waits").count()).toBe(0);
		await screenshot(page, "dashboard-own");
		expect(await accessibilityFaults(page)).toEqual([]);
		await page.locator("[name=country]").selectOption("France");
		expect((await table(page, "share")).map(([name]) => name)).toEqual(["France"]);
		await page.getByRole("button", { name: "Reset" }).click();
		expect(faults).toEqual([]);
	});

	it("take effect when the file is edited; one that fails says why, in its card and in the terminal", async () => {
		const { page, faults } = opened;
		await writeFile(definition, head + chart("Added", "bar", "x: country, y: line_count") + broken);
		await expect.poll(() => page.locator(".card h2").allTextContents(), patience).toContain("Added");
		expect(await page.locator("#card-share").count()).toBe(0);
		await drawn(page);
		expect(await colors(page, "added")).toBeGreaterThan(3);
		const why = await page.locator("#nothing-broken p").first().textContent();
		expect(why).toContain("revenu");
		expect(server.output().stderr).toContain(`Chart "Broken" (sql/broken.sql): ${why}`);
		expect(faults).toEqual([]);
	});

	it("stay as they were while the file has a mistake, which is said", async () => {
		const { page, faults } = opened;
		await writeFile(definition, `${head}  - { title: Wrong, query: sql/orders.sql, type: bars }\n`);
		await expect.poll(() => server.output().stderr, patience).toContain("Did you mean bar?");
		expect(await page.locator(".card h2").allTextContents()).toContain("Added");
		expect(await page.locator("#freshness").textContent()).toMatch(/^Live, /);
		expect(faults).toEqual([]);
	});

	it("are not needed: the page shows the pipeline, and what failed", async () => {
		const { page, faults } = opened;
		const paths = localPaths(stack.home);
		const runId = newRunId();
		await mkdir(join(paths.runs, runId), { recursive: true });
		const file = join(paths.processed, lake.report(runId, "apply-changes"));
		await mkdir(dirname(file), { recursive: true });
		const report: JobReport = {
			job: "apply-changes",
			run_id: runId,
			state: "failed",
			started_at: "2026-11-20T13:15:02.000Z",
			finished_at: "2026-11-20T13:16:02.000Z",
			rows_read: 0,
			rows_written: 0,
			tables: [],
			set_aside: [],
			quality: [],
			error: "orders: no space left",
		};
		await writeFile(file, JSON.stringify(report));
		await writeFile(definition, "name: own\nsource: { schemas: [classicmodels] }\n");
		await expect
			.poll(() => page.locator("#stale").textContent(), patience)
			.toContain(`Run ${runId} failed: apply-changes.`);
		// Of a run without an end that was good nobody knows whether the tables have all of the raw zone.
		expect(await page.locator("#as-of").getAttribute("data-state")).toBe("unknown");
		expect(await page.locator("#runs tbody").textContent()).toContain(
			"failed: apply-changes: orders: no space left60 s",
		);
		await expect.poll(() => page.locator("#chart-cards .card").count(), patience).toBe(0);
		expect(await page.locator("#figures").isHidden()).toBe(true);
		expect(await page.locator("#filters").isHidden()).toBe(true);
		expect(await page.locator("#table-list tbody tr").count()).toBe(12);
		expect(await accessibilityFaults(page)).toEqual([]);
		expect(faults).toEqual([]);
	});
});
