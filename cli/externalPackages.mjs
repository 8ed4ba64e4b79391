import { isBuiltin } from "node:module";

/**
 * Names of the packages that a bundle imports and does not hold, sorted.
 * @param {import("esbuild").Metafile} metafile
 * @returns {string[]}
 */
export function externalPackages(metafile) {
	const paths = Object.values(metafile.outputs)
		.flatMap(({ imports }) => imports)
		.filter(({ external, path }) => external && !isBuiltin(path))
		.map(({ path }) =>
			path
				.split("/")
				.slice(0, path.startsWith("@") ? 2 : 1)
				.join("/"),
		);
	return [...new Set(paths)].sort();
}
