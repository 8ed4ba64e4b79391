import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { describe, expect } from "vitest";
import { LocalQuery } from "../../cli/engines/local/query/localQuery.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import type { CliStack } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";
import { testContext } from "../support/context.ts";
import { accessibilityFaults, launchBrowser, openPage, screenshot, type WatchedPage } from "../support/page/browser.ts";
import { cutLabels, dollars, drawn, listedTables, numbers, patience, table } from "../support/page/dashboardPage.ts";
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
		expect(await page.getByRole("alert").textContent()).toBe(
			"Date: the filter has no effect, because From is after To.",
		);
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

	it("filters by what is clicked in a chart or chosen in its table, and no more when it is chosen again", async () => {
		const { page, faults } = await open(url);
		await drawn(page);
		const [first = [""]] = await table(page, "sales-by-country");
		const canvas = page.locator("#chart-sales-by-country canvas");
		// The highest bar is the first row.
		const position = { x: ((await canvas.boundingBox())?.width ?? 0) / 2, y: 18 };
		await canvas.click({ position });
		expect(await page.locator("[name=country]").inputValue()).toBe(first[0]);
		expect(await table(page, "sales-by-country")).toEqual([first]);
		await drawn(page);
		await canvas.click({ position });
		expect(await page.locator("[name=country]").inputValue()).toBe("");
		const months = page.locator("#card-revenue-by-month");
		await months.getByText("Data table").click();
		await months.getByRole("button", { name: "Feb 2025" }).press("Enter");
		expect(await page.locator("[name='day.from']").inputValue()).toBe("2025-02-01");
		expect(await page.locator("[name='day.to']").inputValue()).toBe("2025-02-28");
		expect((await table(page, "revenue-by-month")).map(([month]) => month)).toEqual(["Feb 2025"]);
		await page.keyboard.press("Enter");
		expect(await page.locator("[name='day.from']").inputValue()).toBe("");
		expect(faults).toEqual([]);
	});

	it("offers periods that end with the data, and compares with the period before", async () => {
		const { page, faults } = await open(url);
		const period = page.getByLabel("Date period");
		const [clicks] = (await ask("SELECT max(year || '-' || month || '-' || day) FROM clickstream_data"))
			.flat()
			.map(String);
		await period.selectOption("Last 7 days of data");
		expect(await page.locator("[name='day.to']").inputValue()).toBe(clicks);
		// The orders end before the clicks do.
		const [last] = (await ask("SELECT CAST(max(order_date) AS varchar) FROM fact_orders")).flat().map(String);
		const day = (back: number): string =>
			new Date(Date.parse(`${last}T00:00:00Z`) - back * 86_400_000).toISOString().slice(0, 10);
		await page.locator("[name='day.to']").fill(day(0));
		await page.locator("[name='day.from']").fill(day(89));
		expect(await period.locator("option:checked").textContent()).toBe("Custom dates");
		const sum = async (from: number, to: number): Promise<number> =>
			Number(
				(
					await ask(
						`SELECT sum(amount) FROM fact_orders WHERE order_date BETWEEN DATE '${day(from)}' AND DATE '${day(to)}'`,
					)
				)[0]?.[0],
			);
		const [now, before] = [await sum(89, 0), await sum(179, 90)];
		const revenue = await page.locator("#figures .figure").first().textContent();
		expect(revenue).toContain(dollars(now));
		expect(revenue).toContain(`${now > before ? "▲" : "▼"} `);
		expect(revenue).toContain("on the previous 90 days: $");
		await period.selectOption("All dates");
		expect(await page.locator("[name='day.from']").inputValue()).toBe("");
		expect(new URL(page.url()).hash).toBe("");
		expect(faults).toEqual([]);
	});

	it("gives a chart as an image that says what it shows, and words as bars", async () => {
		const { page, faults } = await open(url);
		await drawn(page);
		const card = page.locator("#card-departments-by-joined-rows");
		const before = await table(page, "departments-by-joined-rows");
		await card.getByRole("button", { name: "as bars" }).click();
		await drawn(page);
		expect(await card.getByRole("button", { name: "as bars" }).getAttribute("aria-pressed")).toBe("true");
		expect(await table(page, "departments-by-joined-rows")).toEqual(before);
		expect(await cutLabels(page, "departments-by-joined-rows")).toBe(false);
		const coming = page.waitForEvent("download");
		await card.getByRole("button", { name: "as PNG" }).click();
		const download = await coming;
		expect(download.suggestedFilename()).toBe("departments-by-joined-rows.png");
		const image = await readFile(await download.path());
		expect(image.subarray(1, 4).toString("latin1")).toBe("PNG");
		const canvas = await page.locator("#chart-departments-by-joined-rows canvas").boundingBox();
		// Width and height of the header: the chart at twice its size, with a title above it.
		expect(image.readUInt32BE(16)).toBe(2 * Math.round(canvas?.width ?? 0) + 48);
		expect(image.readUInt32BE(20)).toBeGreaterThan(2 * Math.round(canvas?.height ?? 0) + 100);
		expect(faults).toEqual([]);
	});

	it("adds up what can be added up", async () => {
		const { page } = await open(url);
		const totals = await page.locator("#table-product-line-performance tfoot tr").allTextContents();
		const [sums] = await ask("SELECT sum(amount), sum(profit) FROM fact_orders JOIN dim_product USING (product_key)");
		expect(totals).toEqual([`Total${dollars(sums?.[0] ?? 0)}${dollars(sums?.[1] ?? 0)}`]);
	});

	it("shows where a table comes from, what reads it, and what is in its columns", async () => {
		const { page, faults } = await open(url);
		await page.getByRole("button", { name: "fact_orders", exact: true }).press("Enter");
		const details = page.locator("#table-list .details");
		const lineage = details.locator(".lineage");
		expect(await lineage.locator("div").first().locator("li").allTextContents()).toContain("job star-schema");
		const used = await lineage.locator("div").last().locator("li").allTextContents();
		expect(used.find((line) => line.startsWith("charts "))).toContain("Revenue by month, ");
		expect(used.find((line) => line.startsWith("queries "))).toContain("monthly_revenue");
		expect(used).toContain("warehouse views fact_orders, sales");
		await details.getByRole("button", { name: /^Profile the columns: reads up to/ }).click();
		const cells = async (name: string): Promise<string[]> =>
			details
				.locator("tbody tr", { has: page.getByRole("rowheader", { name, exact: true }) })
				.locator("td")
				.allTextContents();
		await expect.poll(() => details.locator(".profile").count(), patience).toBe(1);
		const [counted] = await ask(
			"SELECT count(*) - count(country), count(DISTINCT country), min(country), max(country) FROM fact_orders",
		);
		const [missing, different, least, largest] = counted ?? [];
		const country = await cells("country");
		expect(country.slice(1, 5)).toEqual([missing === 0 ? "none" : String(missing), String(different), least, largest]);
		const [[most, rows] = []] = await ask(
			"SELECT country, count(*) FROM fact_orders GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1",
		);
		expect(country[5]).toContain(`${most} (${rows})`);
		await page.getByRole("button", { name: "dim_customer", exact: true }).click();
		await details.getByRole("button", { name: /^Profile/ }).click();
		await expect.poll(() => details.locator(".profile").count(), patience).toBe(1);
		expect((await cells("phone")).slice(-3)).toEqual(["", "", "not shown: its name suggests personal data"]);
		await page.getByRole("button", { name: "fact_orders", exact: true }).click();
		await lineage.getByRole("button", { name: "Revenue by month" }).click();
		expect(await page.evaluate("document.activeElement.id")).toBe("card-revenue-by-month");
		expect(await accessibilityFaults(page)).toEqual([]);
		await screenshot(page, "dashboard-details");
		expect(faults).toEqual([]);
	});

	it("lists the tables, sorted by what the reader chooses and searched", async () => {
		const { page, faults } = await open(url);
		const names = async () => (await listedTables(page)).map(([name]) => name);
		await page.getByRole("button", { name: "Rows", exact: true }).click();
		expect((await names())[0]).toBe("fact_orders");
		await page.getByRole("button", { name: "Table", exact: true }).click();
		expect(await names()).toEqual((await names()).toSorted());
		await page.getByRole("searchbox", { name: "Search" }).fill("dim cust");
		expect(await names()).toEqual(["dim_customer"]);
		expect(await page.locator("#table-count").textContent()).toBe("1 of 12 tables.");
		expect(faults).toEqual([]);
	});
});
