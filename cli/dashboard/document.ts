import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { toolRoot } from "../common/projectRoot.ts";
import type { DashboardData } from "./data.ts";

/** The browser's half of the dashboard, as built by cli/build.mjs. */
export interface PageAssets {
	script: string;
	style: string;
}

export async function pageAssets(folder = join(toolRoot, "dist", "dashboard")): Promise<PageAssets> {
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
<title>${escapeHtml(data.name)} · ${escapeHtml(data.stack)}</title>
<link rel="icon" href="data:,">
<style>${assets.style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the charts</a>
${header(data)}
<main id="main" tabindex="-1">
<section class="figures" aria-label="Key figures" id="figures" hidden></section>
<p class="waiting" id="waiting" hidden></p>
<div class="grid" id="chart-cards"></div>
${overview}
</main>
<footer>Catalog ${escapeHtml(data.database)}. Times are in your time zone unless marked UTC.</footer>
<noscript><p class="notice">This page needs JavaScript to draw its charts. Turn it on in your browser.</p></noscript>
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
	const description =
		data.description === undefined ? "" : `<p class="description">${escapeHtml(data.description)}</p>\n`;
	return `<header>
<div class="title">
<h1>${escapeHtml(data.name)}</h1>
${description}<p class="as-of" id="as-of"></p>
<ul class="stale" id="stale" hidden></ul>
<p class="stack">Stack ${escapeHtml(data.stack)} <span id="freshness" class="freshness"></span></p>
<p id="live" class="sr" role="status" aria-live="polite"></p>
</div>
<form class="filters" id="filters" aria-label="Filters" autocomplete="off" hidden>
<div class="controls" id="filter-controls"></div>
<button type="reset">Reset</button>
<p class="fault" id="filter-fault" role="alert" hidden></p>
</form>
</header>`;
}

/** The pipeline itself, which every one has; the page's script fills it. */
const overview = `<section class="pipeline" aria-labelledby="title-pipeline">
<h2 class="section" id="title-pipeline">Pipeline</h2>
<div id="facts" class="facts"></div>
<div class="grid">
<div class="span-6 place" id="changes-card"></div>
<section class="card span-6" aria-labelledby="title-runs">
<h2 id="title-runs">Runs of the jobs</h2>
<div class="scroll" id="runs" role="region" aria-label="Runs of the jobs" tabindex="0"></div>
<h2 class="next">Rules</h2>
<p class="summary" id="rules-summary"></p>
<div class="scroll" id="rules" role="region" aria-label="Broken rules" tabindex="0"></div>
</section>
<section class="card span-12" aria-labelledby="title-tables">
<div class="bar"><h2 id="title-tables">Tables</h2><label>Search <input type="search" id="table-search"></label></div>
<p class="summary" id="table-count"></p>
<p class="summary" id="tables-fault" hidden></p>
<div class="scroll tall" role="region" aria-label="Tables" tabindex="0"><table id="table-list" class="list"></table></div>
</section>
</div>
</section>`;

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
