// Bundles the CLI so that `npx pipeline-cli --help` starts fast: one small entry, a chunk for each command. Packages stay outside
// where they have native parts, or are so large that a copy would be no use. The others are read from few files, and not once more
// for their exports, as Node does with each CommonJS module of a package (half of the start of the replicator).
import { access, chmod, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { externalPackages } from "./externalPackages.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const usual = join(root, "dist");
/** Another folder may be named: the package is made of a bundle of its own. */
const out = process.argv[2] ?? usual;
await rm(out, { recursive: true, force: true });
const { metafile } = await build({
	absWorkingDir: root,
	entryPoints: {
		"pipeline-cli": "cli/main.ts",
		scheduler: "cli/scheduler.ts",
		replicator: "cli/engines/local/replication/service/daemon.ts",
	},
	outdir: out,
	bundle: true,
	splitting: true,
	format: "esm",
	platform: "node",
	target: "node20",
	chunkNames: "chunks/[name]-[hash]",
	external: ["@aws-sdk/*", "@duckdb/node-bindings*", "@faker-js/*", "@pulumi/*", "@smithy/*", "tsx/*"],
	// The bundled CommonJS packages call require for Node's own modules.
	banner: {
		js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
	},
	sourcemap: true,
	metafile: true,
	logLevel: "warning",
});
// What the package needs beside the bundle: tools/package.ts.
await writeFile(join(out, "external.json"), JSON.stringify(externalPackages(metafile)));
// The dashboard's browser code, put into the page as a whole; the page's policy allows its script by hash.
await build({
	absWorkingDir: root,
	entryPoints: { page: "cli/dashboard/page/main.ts", "page-style": "cli/dashboard/page/page.css" },
	outdir: join(out, "dashboard"),
	bundle: true,
	minify: true,
	format: "iife",
	platform: "browser",
	target: ["chrome109", "firefox115", "safari16"],
	define: { "process.env.NODE_ENV": '"production"' },
	legalComments: "eof",
	logLevel: "warning",
});
await chmod(join(out, "pipeline-cli.js"), 0o755);
// What `npx pipeline-cli` calls. Were it the `bin` of package.json, npx would install the project into its own cache first and
// build it once more, under the feet of what runs in the background: it looks there first. (npm 11, libnpmexec)
const commands = join(root, "node_modules", ".bin");
const isInstalled = await access(commands).then(
	() => true,
	() => false,
);
if (out === usual && isInstalled) {
	await rm(join(commands, "pipeline-cli"), { force: true });
	await symlink("../../dist/pipeline-cli.js", join(commands, "pipeline-cli"));
}
