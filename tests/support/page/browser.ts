import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { exists } from "../../../cli/common/fs.ts";
import { projectRoot } from "../../../cli/common/projectRoot.ts";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Path of a Chromium; on Debian as root it is installed where there is none. */
async function chromiumPath(): Promise<string> {
	for (const place of places) {
		if (await exists(place)) return place;
	}
	if (process.getuid?.() !== 0 || !(await exists("/usr/bin/apt-get"))) {
		throw new Error(`No Chromium in ${places.join(", ")}: install your system's package of it.`);
	}
	const run = promisify(execFile);
	const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
	await run("apt-get", ["update"], { env });
	await run("apt-get", ["install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"], { env });
	return "/usr/bin/chromium";
}

/** A headless Chromium with a new profile, which calls nobody by itself. */
export async function launchBrowser(): Promise<Browser> {
	return chromium.launch({
		executablePath: await chromiumPath(),
		args: [
			"--no-sandbox",
			"--disable-gpu",
			"--disable-quic",
			"--no-first-run",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
		],
	});
}

/** A page, with what it said and asked for. */
export interface WatchedPage {
	page: Page;
	/** Console messages of warning or error, and uncaught exceptions. */
	faults: string[];
	/** Addresses of all requests. */
	requests: string[];
}

export async function openPage(
	browser: Browser,
	url: string,
	options: BrowserContextOptions = {},
): Promise<WatchedPage> {
	const context = await browser.newContext({ reducedMotion: "reduce", timezoneId: "UTC", ...options });
	const page = await context.newPage();
	const faults: string[] = [];
	const requests: string[] = [];
	page.on("console", (message) => {
		if (["error", "warning"].includes(message.type())) faults.push(message.text());
	});
	page.on("pageerror", (error) => faults.push(error.message));
	page.on("request", (request) => requests.push(request.url()));
	await page.goto(url);
	return { page, faults, requests };
}

/** Serious and critical faults by the rules of axe-core, as `rule: element`. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
	// Through the debugger: the page's own policy would not let a script in.
	const session = await page.context().newCDPSession(page);
	await session.send("Runtime.evaluate", { expression: axe.source });
	const { result } = await session.send("Runtime.evaluate", {
		expression: "axe.run(document, { resultTypes: ['violations'] }).then((found) => JSON.stringify(found.violations))",
		awaitPromise: true,
		returnByValue: true,
	});
	const violations = JSON.parse(String(result.value)) as { id: string; impact: string; nodes: { html: string }[] }[];
	return violations
		.filter(({ impact }) => ["serious", "critical"].includes(impact))
		.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

/** Keeps a screenshot of the page among the test run's artefacts. */
export async function screenshot(page: Page, name: string): Promise<void> {
	const folder = join(projectRoot, "tests", "artifacts");
	await mkdir(folder, { recursive: true });
	await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
