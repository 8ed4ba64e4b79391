import { grouped } from "../../common/grouped.ts";
import {
	changesText,
	foundText,
	keyText,
	nameOf,
	notable,
	type ReconciledTable,
	type ReconcileReport,
	rowText,
} from "./report.ts";

/** The report as one page without scripts and without anything from elsewhere. */
export function reportPage(report: ReconcileReport, at: Date): string {
	const rows = report.tables.map(
		(one) =>
			`<tr class="${one.state === "equal" ? "equal" : "other"}"><td>${escaped(nameOf(one))}</td>${count(one.rows?.source)}${count(one.rows?.lake)}<td>${one.state}</td><td>${escaped(foundText(one))}</td></tr>`,
	);
	const details = report.tables.filter(({ examples = [] }) => examples.length > 0).map(detail);
	const notes = [
		...(report.behind === undefined ? [] : [`The lake may be behind the source, because ${report.behind}.`]),
		...(report.sample === undefined ? [] : [`A sample: about one row of ${grouped(report.sample)} was compared.`]),
		...(report.repaired === undefined ? [] : [`Reloaded because they differed: ${report.repaired.join(", ")}.`]),
	];
	return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Reconciliation of ${escaped(report.stack)}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color-scheme: light dark; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; vertical-align: top; overflow-wrap: anywhere; }
.n { text-align: right; white-space: nowrap; }
.other td:nth-child(4) { font-weight: bold; color: #c22; }
</style>
<h1>${report.ok ? "The lake equals the source" : "The lake could not be proved equal to the source"}</h1>
<p>Stack ${escaped(report.stack)}, ${at.toISOString().slice(0, 19).replace("T", " ")} UTC. ${notes.map(escaped).join(" ")}</p>
<table><tr><th>Table<th class="n">Source<th class="n">Lake<th>State<th>Found</tr>
${rows.join("\n")}
</table>
${details.join("\n")}
${lakePart(report)}
</html>
`;
}

function lakePart(report: ReconcileReport): string {
	if (report.lake === undefined) return "";
	const rows = notable(report).map(
		({ part, name, state, found, fix, examples }) =>
			`<tr class="${state === "equal" ? "equal" : "other"}"><td>${part}</td><td>${escaped(name)}</td><td>${[...found, ...examples.map(rowText)].map(escaped).join("<br>")}</td><td>${state}</td><td>${escaped(fix ?? "")}</td></tr>`,
	);
	return `<h2>The parts of the lake</h2>
<p>${grouped(report.lake.length)} parts were compared with each other.</p>
<table><tr><th>Part<th>Name<th>Found<th>State<th>To repair it</tr>
${rows.join("\n")}
</table>`;
}

function detail(one: ReconciledTable): string {
	const rows = (one.examples ?? []).map(
		(row) => `<tr><td>${row.kind}</td><td>${escaped(keyText(row))}</td><td>${escaped(changesText(row))}</td></tr>`,
	);
	return `<h2>${escaped(nameOf(one))}</h2>
<table><tr><th>Kind<th>Row<th>Values</tr>
${rows.join("\n")}
</table>`;
}

function count(rows: number | undefined): string {
	return `<td class="n">${rows === undefined ? "" : grouped(rows)}</td>`;
}

function escaped(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
