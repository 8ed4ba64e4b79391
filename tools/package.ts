/**
 * `npm run package` makes the tarball that a team installs, dist/analytics-pipeline-<version>.tgz, of what runs and nothing else. It is
 * packed in a folder of its own: a `bin` in the repository's package.json would make `npx pipeline-cli` install the repository
 * first (cli/build.mjs).
 */
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { projectRoot as root } from "../cli/common/projectRoot.ts";
import { packageManifest, type RootManifest } from "./package/manifest.ts";
import { parts, runs } from "./package/parts.ts";

const run = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), "analytics-pipeline-package-"));
try {
	await run(process.execPath, [join(root, "cli", "build.mjs"), join(folder, "dist")], { cwd: root });
	const ofCli = await builtCli();
	const filter = (path: string): boolean => runs(relative(root, path).split(sep));
	for (const part of parts) await cp(join(root, part), join(folder, part), { recursive: true, filter });
	const ofProgram = await buildProgram();
	await declareTypes();
	await writeManifest([...ofCli, ...ofProgram]);
	const { stdout } = await run("npm", ["pack", "--silent", "--pack-destination", join(root, "dist")], { cwd: folder });
	process.stdout.write(`${join("dist", stdout.trim())}\n`);
} finally {
	await rm(folder, { recursive: true, force: true });
}

/**
 * Bundles the Pulumi program, and beside it what Pulumi starts: bundled, since no loader of TypeScript runs for packages.
 * @returns names of the packages that it imports.
 */
async function buildProgram(): Promise<string[]> {
	const { metafile } = await build({
		absWorkingDir: root,
		entryPoints: ["infra/package.ts"],
		outfile: join(folder, "infra", "package.js"),
		bundle: true,
		format: "esm",
		platform: "node",
		target: "node20",
		external: ["@pulumi/*"],
		// The bundled CommonJS packages call require for Node's own modules.
		banner: {
			js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
		},
		metafile: true,
		logLevel: "warning",
	});
	await writeFile(
		join(folder, "infra", "program.js"),
		'import { definePipeline } from "./package.js";\n\nexport const pipeline = definePipeline();\n',
	);
	const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
	const pulumi = imports.filter(({ external, path }) => external === true && path.startsWith("@pulumi/"));
	return pulumi.map(({ path }) => path.split("/").slice(0, 2).join("/"));
}

/** Writes the types of what the package exports, below infra/types. */
async function declareTypes(): Promise<void> {
	const compiler = join(root, "node_modules", "typescript-native", "bin", "tsc");
	const options = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--incremental", "false"];
	const places = ["--rootDir", root, "--outDir", join(folder, "infra", "types")];
	const project = ["-p", join(root, "tools", "package", "tsconfig.json")];
	await run(process.execPath, [compiler, ...project, ...options, ...places], { cwd: root });
}

/** Takes off what only helps to build. @returns names of the packages that the command line imports. */
async function builtCli(): Promise<string[]> {
	const list = join(folder, "dist", "external.json");
	const packages = JSON.parse(await readFile(list, "utf8")) as string[];
	await rm(list);
	for (const name of await readdir(join(folder, "dist"), { recursive: true })) {
		if (name.endsWith(".map")) await rm(join(folder, "dist", name));
	}
	return packages;
}

async function writeManifest(imported: readonly string[]): Promise<void> {
	const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as RootManifest;
	// The types of the program name those of zod.
	const packages = [...new Set([...imported, "zod"])].sort();
	await writeFile(join(folder, "package.json"), `${JSON.stringify(packageManifest(manifest, packages), null, 2)}\n`);
}
