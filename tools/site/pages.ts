/** A page of the site: its title, and its file from the root of the repository. */
export type SitePage = readonly [title: string, file: string];

/** The pages in reading order, grouped by purpose. */
export const sitePages: readonly { text: string; pages: readonly SitePage[] }[] = [
	{
		text: "Start",
		pages: [
			["What it is, first run", "README.md"],
			["On one machine", "docs/local.md"],
			["On AWS", "docs/aws.md"],
			["In your own repository", "docs/package.md"],
		],
	},
	{
		text: "Define",
		pages: [
			["pipeline.yaml, models, charts", "docs/definition.md"],
			["Clicks", "docs/clicks.md"],
			["Configuration keys", "docs/configuration.md"],
		],
	},
	{
		text: "Query",
		pages: [
			["SQL", "docs/sql.md"],
			["Dashboard, warehouse, notebook", "docs/analysis.md"],
		],
	},
	{
		text: "Operate",
		pages: [
			["Commands", "docs/commands.md"],
			["Verification, exit codes, scripts", "docs/cli.md"],
			["Operations and alarms", "docs/operations.md"],
			["Troubleshooting", "docs/troubleshooting.md"],
			["Recovery", "docs/recovery.md"],
			["Reliability", "docs/reliability.md"],
			["Scale", "docs/scale.md"],
			["Performance", "docs/performance.md"],
			["Benchmarks", "bench/README.md"],
			["Benchmark results", "bench/RESULTS.md"],
			["Cost", "docs/cost.md"],
			["Security", "SECURITY.md"],
		],
	},
	{
		text: "Internals",
		pages: [
			["Architecture", "docs/architecture.md"],
			["Contract of the lake", "docs/contract.md"],
			["Decisions", "docs/decisions/README.md"],
			["Findings on AWS", "docs/aws-findings.md"],
			["Glossary", "docs/glossary.md"],
			["Contributing", "CONTRIBUTING.md"],
			["Changelog", "CHANGELOG.md"],
			["Licences", "docs/licences.md"],
		],
	},
];

/** Files that GitHub shows for their folder, as the site does with `index`. */
export function siteFile(file: string): string {
	return file.replace(/(^|\/)README\.md$/, "$1index.md");
}
