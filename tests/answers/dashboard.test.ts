import { readFile, writeFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { describe, expect } from "vitest";
import { LocalQuery } from "../../cli/engines/local/query/localQuery.ts";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import type { CliStack, RunningCli } from "../support/cli.ts";
import { it } from "../support/cliFixtures.ts";
import { testContext } from "../support/context.ts";
import { deadProxies } from "../support/deadProxies.ts";
import { accessibilityFaults, launchBrowser, openPage, screenshot, type WatchedPage } from "../support/page/browser.ts";
import {
	chartIds,
	colors,
	dollars,
	drawn,
	listedTables,
	money,
	numbers,
	patience,
	table,
} from "../support/page/dashboardPage.ts";
import { addressOf, connects, http } from "../support/page/dashboardServer.ts";
import { addOrders, hostileNames, makeSampleLake } from "../support/sampleLake.ts";

/** The page in a real browser, over a small lake with names that would be markup if they could. */
describe("the dashboard", () => {
	let stack: CliStack;
	let browser: Browser;
	let server: RunningCli;
	let url: string;
	let opened: WatchedPage[] = [];

	it.beforeAll(async ({ fileStack }) => {
		stack = fileStack;
		await makeSampleLake(stack.home);
		browser = await launchBrowser();
		server = stack.start(["dashboard", "--no-open"], deadProxies);
		url = await addressOf(server);
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

	it("draws every chart, with the numbers of the SQL results", async () => {
		const { page, faults, requests } = await open(url);
		await drawn(page);
		for (const id of chartIds) expect(await colors(page, id), id).toBeGreaterThan(3);
		expect(await numbers(page, "revenue-by-month")).toEqual(
			money(
				await ask(
					"SELECT sum(amount) FROM fact_orders GROUP BY substr(CAST(order_date AS varchar), 1, 7) ORDER BY substr(CAST(order_date AS varchar), 1, 7)",
				),
			),
		);
		expect(await numbers(page, "product-line-performance")).toEqual(
			money(
				await ask(
					"SELECT sum(amount), sum(profit) FROM fact_orders JOIN dim_product USING (product_key) GROUP BY product_line ORDER BY 1 DESC",
				),
			),
		);
		expect(await numbers(page, "sales-by-country")).toEqual(
			money(await ask("SELECT sum(amount) FROM fact_orders GROUP BY country ORDER BY 1 DESC")),
		);
		expect(await numbers(page, "top-customers")).toEqual(
			money(await ask("SELECT sum(amount) FROM fact_orders GROUP BY customer_number ORDER BY 1 DESC LIMIT 10")),
		);
		const words = await ask("SELECT department, count(*) FROM joint_tables GROUP BY 1 ORDER BY 2 DESC, 1");
		expect((await table(page, "departments-by-joined-rows")).sort()).toEqual(
			words.map((row) => row.map(String)).sort(),
		);
		const hours = await ask(
			"SELECT count(*) FROM clickstream_data GROUP BY year, month, day, hour ORDER BY min(year || month || day || hour)",
		);
		expect((await numbers(page, "clickstream-rate")).flat()).toEqual([
			...hours.flat().slice(0, 2).map(String),
			"0",
			String(hours[2]?.[0]),
		]);
		const [changes] = await ask(
			"SELECT count(*), count_if(cdc_op = 'I'), count_if(cdc_op = 'U'), count_if(cdc_op = 'D'), count_if(cdc_op = 'O') FROM customers_changes",
		);
		const rows = await listedTables(page);
		expect(rows.find(([name]) => name === "customers")?.slice(-4)).toEqual((changes ?? []).slice(1).map(String));
		expect(rows.find(([name]) => name === "fact_orders")?.[1]).toBe("1,200");
		expect(await page.locator("#waiting").textContent()).toMatch(
			/^1 chart needs tables that are not available yet: employees_changes, /,
		);
		const [total] = await ask("SELECT sum(amount), sum(quantity), count(DISTINCT customer_number) FROM fact_orders");
		const figures = await page.locator("#figures").textContent();
		expect(figures).toContain(dollars(total?.[0] ?? 0));
		expect(faults).toEqual([]);
		expect(
			requests.filter((address) => !address.startsWith(new URL(url).origin) && !address.startsWith("data:")),
		).toEqual([]);
	});

	it("filters all charts that have the field, keeps the filters over a reload, and takes them back", async () => {
		const { page, faults } = await open(url);
		await page.locator("[name=country]").selectOption("Spain");
		await page.locator("[name=product_line]").selectOption("Planes");
		await page.locator("[name='day.from']").fill("2025-01-01");
		await page.locator("[name='day.to']").fill("2025-06-30");
		await drawn(page);
		const where =
			"WHERE country = 'Spain' AND product_line = 'Planes' AND order_date BETWEEN DATE '2025-01-01' AND DATE '2025-06-30'";
		const sales = async (select: string): Promise<string[][]> =>
			money(
				await ask(
					`SELECT ${select.replace("WHERE", `FROM fact_orders JOIN dim_product USING (product_key) ${where}`)}`,
				),
			);
		const expected = await sales("sum(amount) WHERE GROUP BY customer_number ORDER BY 1 DESC LIMIT 10");
		expect(expected.length).toBeGreaterThan(0);
		expect(await numbers(page, "top-customers")).toEqual(expected);
		expect(await numbers(page, "product-line-performance")).toEqual(await sales("sum(amount), sum(profit) WHERE"));
		expect(await numbers(page, "sales-by-country")).toEqual(await sales("sum(amount) WHERE"));
		expect(await page.locator("#nothing-clickstream-rate").textContent()).toBe("Nothing matches these filters.");
		expect(await page.locator("#nothing-departments-by-joined-rows").textContent()).toBe(
			"Nothing matches these filters.",
		);
		expect(await page.locator("#scope-clickstream-rate").textContent()).toBe("Not filtered by country, product line.");
		expect(await page.locator("#scope-top-customers").isHidden()).toBe(true);
		await page.reload();
		expect(await page.locator("[name=country]").inputValue()).toBe("Spain");
		expect(await page.locator("[name='day.from']").inputValue()).toBe("2025-01-01");
		expect(await numbers(page, "top-customers")).toEqual(expected);
		await page.getByRole("button", { name: "Reset" }).click();
		expect(await page.locator("[name=country]").inputValue()).toBe("");
		expect(await numbers(page, "sales-by-country")).toEqual(
			money(await ask("SELECT sum(amount) FROM fact_orders GROUP BY country ORDER BY 1 DESC")),
		);
		expect(new URL(page.url()).hash).toBe("");
		expect(faults).toEqual([]);
	});

	it("shows hostile names as text", async () => {
		const { page, faults } = await open(url);
		await drawn(page);
		const departments = (await table(page, "departments-by-joined-rows")).map((row) => row[0]);
		const present = (await ask("SELECT DISTINCT department FROM joint_tables")).flat();
		expect(hostileNames.filter((name) => present.includes(name)).length).toBeGreaterThan(2);
		for (const name of present) expect(departments).toContain(name);
		const choices = await page.locator("[name=country]").locator("option").allTextContents();
		expect(choices).toContain(hostileNames[0]);
		await page.locator("[name=country]").selectOption(hostileNames[0]);
		expect((await table(page, "sales-by-country"))[0]?.[0]).toBe(hostileNames[0]);
		expect(await page.title()).toBe("shop · local");
		expect(await page.locator("img").count()).toBe(0);
		expect(await page.locator("script").count()).toBe(2);
		await page.locator("#chart-sales-by-country").hover();
		expect(faults).toEqual([]);
	});

	it.each([
		["desktop-light", { viewport: { width: 1360, height: 900 } }],
		["desktop-dark", { viewport: { width: 1360, height: 900 }, colorScheme: "dark" as const }],
		["phone", { viewport: { width: 390, height: 844 }, isMobile: true }],
	])("has no serious accessibility fault: %s", async (name, options) => {
		const { page } = await open(url, options);
		await drawn(page);
		await screenshot(page, `dashboard-${name}`);
		expect(await accessibilityFaults(page)).toEqual([]);
		await page.locator("#card-sales-by-country summary").first().click();
		expect(await accessibilityFaults(page)).toEqual([]);
		const overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
		expect(overflow).toBe(0);
		// A long name leaves room for the numbers of its table.
		const rowCount = await page.locator("#table-list td.number").first().boundingBox();
		expect((rowCount?.x ?? Number.POSITIVE_INFINITY) + (rowCount?.width ?? 0)).toBeLessThan(options.viewport.width);
	});

	it("works by keyboard alone", async () => {
		const { page } = await open(url);
		const focused = (): Promise<unknown> =>
			page.evaluate("document.activeElement.name || document.activeElement.textContent");
		await page.keyboard.press("Tab");
		expect(await focused()).toBe("Skip to the charts");
		await page.keyboard.press("Tab");
		expect(await focused()).toBe("day.period");
		await page.keyboard.press("Tab");
		expect(await focused()).toBe("day.from");
		await page.locator("[name=country]").focus();
		await page.keyboard.type("Sp");
		expect(await page.locator("[name=country]").inputValue()).toBe("Spain");
		expect(await page.getByRole("status").textContent()).toMatch(/^Filtered\. Revenue \$[\d,.]+\.$/);
		await page.locator("#card-top-customers summary").first().focus();
		await page.keyboard.press("Enter");
		expect(await page.locator("#table-top-customers").isVisible()).toBe(true);
	});

	it("is one file that works from disk without a network", async () => {
		const file = join(stack.home, "dashboard.html");
		const exported = await stack.json<{ file: string; bytes: number }>(["dashboard", "--export", file]);
		expect(exported).toEqual({ stack: "local", file, bytes: (await readFile(file)).length });
		const { page, faults, requests } = await open(pathToFileURL(file).href, { offline: true });
		await drawn(page);
		for (const id of chartIds) expect(await colors(page, id), id).toBeGreaterThan(3);
		await page.locator("[name=country]").selectOption("France");
		expect(await numbers(page, "sales-by-country")).toEqual(
			money(await ask("SELECT sum(amount) FROM fact_orders WHERE country = 'France'")),
		);
		expect(await page.locator("#freshness").textContent()).toMatch(/^Saved /);
		expect(requests.filter((address) => address !== pathToFileURL(file).href && !address.startsWith("data:"))).toEqual(
			[],
		);
		expect(faults).toEqual([]);
	});

	it("answers on loopback only, under its own name, and to reading only", async () => {
		const { port, search } = new URL(url);
		for (const wrong of [{}, { path: "/data" }, { path: `/${search}0` }, { cookie: `dashboard-${port}=0` }]) {
			expect((await http(port, wrong)).status).toBe(401);
		}
		const entered = await http(port, { path: `/${search}` });
		expect([entered.status, entered.headers.location]).toEqual([303, "/"]);
		expect(String(entered.headers["set-cookie"])).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
		const cookie = String(entered.headers["set-cookie"]).split(";")[0] ?? "";
		expect((await http(port, { method: "POST" })).status).toBe(405);
		expect((await http(port, { host: "evil.example" })).status).toBe(403);
		expect((await http(port, { host: `evil.example:${port}` })).status).toBe(403);
		expect((await http(port, { cookie, path: "/../etc/passwd" })).status).toBe(404);
		const data = await http(port, { cookie, path: "/data" });
		expect(data.status).toBe(200);
		expect(data.headers["cache-control"]).toBe("no-store");
		expect(data.headers["cross-origin-resource-policy"]).toBe("same-origin");
		expect((await http(port, { cookie, path: "/data", tag: data.headers.etag })).status).toBe(304);
		const policy = String((await http(port, { cookie })).headers["content-security-policy"]);
		expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^ ]+'; style-src 'sha256-[^ ]+';/);
		expect(policy).not.toContain("unsafe");
		for (const address of Object.values(networkInterfaces()).flat()) {
			if (address === undefined || address.internal || address.family !== "IPv4") continue;
			await expect(connects(address.address, Number(port))).resolves.toBe(false);
		}
	});

	it("says so where the port is taken", async () => {
		const result = await stack.run(["dashboard", "--no-open", "--port", new URL(url).port]);
		expect(result.code).toBe(2);
		expect(result.stderr).toContain("another program uses it");
	});

	it("shows new data by itself, with the filters as they were", async () => {
		const { page, faults } = await open(`${url}#country=France`);
		await drawn(page);
		const before = await numbers(page, "sales-by-country");
		await addOrders(stack.home, "France", 7);
		await expect.poll(() => numbers(page, "sales-by-country"), patience).not.toEqual(before);
		expect(await numbers(page, "sales-by-country")).toEqual(
			money(await ask("SELECT sum(amount) FROM fact_orders WHERE country = 'France'")),
		);
		expect(await page.locator("[name=country]").inputValue()).toBe("France");
		expect(await page.getByRole("status").textContent()).toContain("New data.");
		expect(faults).toEqual([]);
	});

	it("tells what is broken, in the terminal too, and shows the rest; says so when the server has gone; Ctrl-C is a good end", async () => {
		await writeFile(join(stack.home, "lake/processed/star-schema/dim_product/part-0.parquet"), "no Parquet");
		const other = stack.start(["dashboard", "--no-open"]);
		const { page } = await open(await addressOf(other));
		expect(await page.locator("#nothing-sales-by-country").textContent()).toContain("Run pipeline-cli run-etl");
		expect(other.output().stderr).toContain('Chart "Sales by country" (dashboard/sales.sql): ');
		expect(await page.locator("#more-sales-by-country").isVisible()).toBe(false);
		expect(await colors(page, "departments-by-joined-rows")).toBeGreaterThan(3);
		other.kill("SIGINT");
		expect((await other.ended).code).toBe(0);
		await expect.poll(() => page.locator("#freshness").textContent(), patience).toMatch(/^Connection lost/);
		expect(await colors(page, "departments-by-joined-rows")).toBeGreaterThan(3);
	});
});
