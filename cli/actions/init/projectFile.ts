import { basename } from "node:path";

/** As many characters as a project's name may have beside a stack's of 13; infra/stackConfig.ts says why. */
const longest = 18;

/**
 * The text of the `Pulumi.yaml` of a project that has this program as a package: `pulumi up` runs the package's program.
 * @param folder the project's.
 * @param tool that of the package, from there.
 */
export function projectText(folder: string, tool: string): string {
	return [
		"# What each key of a stack's file means: docs/configuration.md of the package analytics-pipeline.",
		`name: ${projectName(basename(folder))}`,
		"description: MySQL and clickstream to an S3 lake, Glue jobs, Athena, Redshift and QuickSight",
		`main: ${tool}/infra/program.js`,
		"runtime: nodejs",
		"options:",
		"  # The CLI starts and stops the replication task: what is deployed is read before it is changed.",
		"  refresh: always",
		"",
	].join("\n");
}

/** A name that Pulumi and AWS take, made of a folder's. */
function projectName(folder: string): string {
	const words = folder
		.normalize("NFKD")
		.toLowerCase()
		.replaceAll(/[^a-z0-9]+/g, "-")
		.replaceAll(/^[^a-z]+|-+$/g, "")
		.slice(0, longest)
		.replace(/-$/, "");
	return words === "" ? "analytics-pipeline" : words;
}
