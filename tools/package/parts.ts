/** What the package holds of the repository, beside the bundled programs. */
export const parts = ["etl", "pipelines/shop", "docs", "Pulumi.yaml", "README.md", "CHANGELOG.md", "LICENSE"] as const;

/** Folders of tests, and of what tools leave behind. */
const left = new Set(["tests", "fixtures", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", "decisions"]);

/**
 * Whether something of the repository is needed where the package runs.
 * @param path from the repository's root, in its parts.
 */
export function runs(path: readonly string[]): boolean {
	const name = path.at(-1) ?? "";
	if (path.some((folder) => left.has(folder)) || /\.test\.ts$|\.egg-info$/.test(name)) return false;
	// TypeScript of etl/ is in the bundles.
	return path[0] !== "etl" || !name.endsWith(".ts");
}
