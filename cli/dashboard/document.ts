import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ChartId, charts, filterLabels } from "../../etl/dashboard.ts";
import { projectRoot } from "../common/projectRoot.ts";
import type { DashboardData } from "./data.ts";

/** The browser's half of the dashboard, as built by cli/build.mjs. */
export interface PageAssets {
	script: string;
	style: string;
}

export async function pageAssets(folder = join(projectRoot, "dist", "dashboard")): Promise<PageAssets> {
	const [script, style] = await Promise.all([
		readFile(join(folder, "page.js"), "utf8"),
		readFile(join(folder, "page-style.css"), "utf8"),
	]);
	// No text of a script may end its element.
	return { script: script.replaceAll("</script", "<\\/script"), style };
}

export interface DashboardDocument {
	html: string;
	/** Content-Security-Policy: nothing but the page's own script and style, by their hashes. */
	policy: string;
}

/**
 * The page with its data in it: complete without another request.
 * @param live the page asks its server for newer data; else it is a file of its own and reaches for nothing.
 */
export function dashboardDocument(data: DashboardData, assets: PageAssets, live: boolean): DashboardDocument {
	const policy = [
		"default-src 'none'",
		`script-src '${hashOf(assets.script)}'`,
		`style-src '${hashOf(assets.style)}'`,
		"img-src data:",
		`connect-src ${live ? "'self'" : "'none'"}`,
		"base-uri 'none'",
		"form-action 'none'",
	].join("; ");
	const html = `<!doctype html>
<html lang="en" data-mode="${live ? "live" : "file"}" data-tag="${escapeHtml(dataTag(data))}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Analytics pipeline · ${escapeHtml(data.stack)}</title>
<link rel="icon" href="data:,">
<style>${assets.style}</style>
</head>
<body>
<a class="skip" href="#charts">Skip to the charts</a>
${header(data)}
<main id="charts" tabindex="-1">
<section class="figures" aria-label="Key figures" id="figures"></section>
<div class="grid">
${Object.entries(charts)
	.map(([id, chart]) => card(id as ChartId, chart.title))
	.join("\n")}
</div>
</main>
<footer>Catalog ${escapeHtml(data.database)}. Times are in your time zone where not marked UTC. Amounts in US dollars.</footer>
<noscript><p class="notice">The charts are drawn by a script in this page, which your browser does not run.</p></noscript>
<script type="application/json" id="data">${embed(data)}</script>
<script>${assets.script}</script>
</body>
</html>
`;
	return { html, policy: live ? `${policy}; frame-ancestors 'none'` : policy };
}

/** ETag of what the page shows: the time of the computation is left out of it. */
export function dataTag({ computedAt: _, refreshSeconds: __, ...shown }: DashboardData): string {
	return `"${createHash("sha256").update(JSON.stringify(shown)).digest("base64url")}"`;
}

function header(data: DashboardData): string {
	return `<header>
<div class="title">
<h1>Analytics pipeline</h1>
<p class="stack">Stack ${escapeHtml(data.stack)} <span id="freshness" class="freshness"></span></p>
<p id="live" class="sr" role="status" aria-live="polite"></p>
</div>
<form class="filters" id="filters" aria-label="Filters" autocomplete="off">
<label>${filterLabels.from} <input type="date" name="from"></label>
<label>${filterLabels.to} <input type="date" name="to"></label>
<label>${filterLabels.country} <select name="country"></select></label>
<label>${filterLabels.productLine} <select name="line"></select></label>
<button type="reset">Reset</button>
</form>
</header>`;
}

function card(id: ChartId, title: string): string {
	return `<section class="card" id="card-${id}" aria-labelledby="title-${id}">
<h2 id="title-${id}">${title}</h2>
<p class="summary" id="summary-${id}"></p>
<p class="scope" id="scope-${id}" hidden></p>
${id === "replication" ? '<div id="replication-facts" hidden></div>' : ""}
<div class="chart" id="chart-${id}" role="img" aria-labelledby="title-${id}" aria-describedby="summary-${id}"></div>
<div class="nothing" id="nothing-${id}" hidden></div>
<details><summary>Data table<span class="sr"> of ${title}</span></summary><div class="scroll" role="region" aria-label="Table of ${title}" tabindex="0"><table id="table-${id}"></table></div></details>
</section>`;
}

/** JSON inside a script element: without `<` no text of the data can end the element or begin a comment. */
function embed(data: DashboardData): string {
	return JSON.stringify(data).replaceAll("<", "\\u003c");
}

function escapeHtml(text: string): string {
	const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
	return text.replaceAll(/[&<>"']/g, (character) => names[character] ?? character);
}

function hashOf(text: string): string {
	return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
