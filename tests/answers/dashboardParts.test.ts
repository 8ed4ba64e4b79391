import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { describe, expect } from "vitest";
import { LocalQuery } from "../../cli/engines/local/query/localQuery.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import type { CliStack } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";
import { testContext } from "../support/context.ts";
import { launchBrowser, openPage, type WatchedPage } from "../support/page/browser.ts";
import { cutLabels, drawn, listedTables, numbers } from "../support/page/dashboardPage.ts";
import { addressOf } from "../support/page/dashboardServer.ts";
import { makeSampleLake } from "../support/sampleLake.ts";

/** What a reader does with a card, the filters and the list of tables, in a real browser. */
describe("the dashboard's parts", () => {
	let stack: CliStack;
	let browser: Browser;
	let url: string;
	let opened: WatchedPage[] = [];

	it.beforeAll(async ({ fileStack }) => {
		stack = fileStack;
		await makeSampleLake(stack.home);
		browser = await launchBrowser();
		url = await addressOf(stack.start(["dashboard", "--no-open", "--no-token"]));
	});

	it.afterEach(async () => {
		for (const { page } of opened) await page.context().close();
		opened = [];
	});

	it.afterAll(async () => {
		await browser?.close();
	});

	async function open(address: string, options = {}): Promise<WatchedPage> {
		const watched = await openPage(browser, address, options);
		opened.push(watched);
		return watched;
	}

	async function ask(sql: string): Promise<(string | number)[][]> {
		return (await new LocalQuery(localPaths(stack.home)).run(sql, testContext())).rows as (string | number)[][];
	}

	it("cuts no label of a bar, whatever the font", async () => {
		for (const family of ["DejaVu Sans", "DejaVu Serif", "monospace"]) {
			const { page } = await open(url);
			await page.evaluate(`document.body.style.fontFamily = ${JSON.stringify(family)}`);
			await page.emulateMedia({ colorScheme: "dark" });
			await drawn(page);
			for (const id of ["product-line-performance", "sales-by-country", "top-customers"]) {
				expect(await cutLabels(page, id), `${id} in ${family}`).toBe(false);
			}
		}
	});

	it("says that a range is the wrong way round, and filters nothing by it", async () => {
		const { page, faults } = await open(url);
		const before = await numbers(page, "sales-by-country");
		await page.locator("[name='day.from']").fill("2025-05-01");
		await page.locator("[name='day.to']").fill("2025-02-01");
		expect(await page.getByRole("alert").textContent()).toBe("Date: From is after To, so it does not filter.");
		expect(await numbers(page, "sales-by-country")).toEqual(before);
		await page.locator("[name='day.to']").fill("2025-06-01");
		expect(await page.locator("#filter-fault").isHidden()).toBe(true);
		expect(await numbers(page, "sales-by-country")).not.toEqual(before);
		expect(faults).toEqual([]);
	});

	it("gives a chart's rows as CSV, and shows its SQL; a data table leaves the neighbours as they are", async () => {
		const { page, faults } = await open(url);
		await drawn(page);
		const card = page.locator("#card-sales-by-country");
		const coming = page.waitForEvent("download");
		await card.getByRole("button", { name: "Download Sales by country as CSV" }).click();
		const download = await coming;
		expect(download.suggestedFilename()).toBe("sales-by-country.csv");
		const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\r\n");
		const expected = await ask("SELECT sum(amount) FROM fact_orders GROUP BY country ORDER BY 1 DESC");
		expect(lines[0]).toBe("Country,Revenue");
		expect(lines.slice(1).map((line) => Number(line.split(",").at(-1)))).toEqual(expected.map(([sum]) => Number(sum)));
		await card.getByText("SQL").click();
		expect(await card.locator("pre").textContent()).toContain("FROM fact_orders AS f");
		const neighbour = page.locator("#card-top-customers");
		const before = await neighbour.boundingBox();
		await card.getByText("Data table").click();
		expect((await neighbour.boundingBox())?.height).toBe(before?.height);
		expect(faults).toEqual([]);
	});

	it("lists the tables, sorted by what the reader chooses and searched", async () => {
		const { page, faults } = await open(url);
		const names = async () => (await listedTables(page)).map(([name]) => name);
		await page.getByRole("button", { name: "Rows" }).click();
		expect((await names())[0]).toBe("fact_orders");
		await page.getByRole("button", { name: "Table", exact: true }).click();
		expect(await names()).toEqual((await names()).toSorted());
		await page.getByRole("searchbox", { name: "Search" }).fill("dim cust");
		expect(await names()).toEqual(["dim_customer"]);
		expect(await page.locator("#table-count").textContent()).toBe("1 of 12 tables.");
		expect(faults).toEqual([]);
	});
});
