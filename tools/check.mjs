// Types, lint and unit tests, two steps at a time. A step's output is shown only if the step fails, or with --verbose.
//   npm run check                      every step
//   npm run check -- types lint        only these
//   npm run check -- --without unit    every step but these
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const tool = (path, ...args) => [process.execPath, join("node_modules", path), ...args];

/** Folders that hold TypeScript. */
const sources = ["cli", "infra", "etl", "pipelines", "tools", "tests", "bench"];

/** The native compiler checks types; the package `typescript` is only the library of tools that call it (dependency-cruiser, Pulumi). */
const tsc = "typescript-native/bin/tsc";

/** Name, and program with arguments. They start in this order, so the slowest stand first. */
const steps = {
	unit: tool("vitest/vitest.mjs", "run", "--project", "unit"),
	infra: tool("vitest/vitest.mjs", "run", "--project", "infra"),
	words: tool(
		"cspell/bin.mjs",
		"lint",
		"--no-progress",
		"--no-summary",
		"--cache",
		"--cache-location",
		"dist/cspell",
		"**",
	),
	types: tool(tsc),
	walls: tool("dependency-cruiser/bin/dependency-cruise.mjs", "--config", ".dependency-cruiser.mjs", ...sources),
	python: [process.execPath, "tools/checkPython.mjs"],
	lint: tool("@biomejs/biome/bin/biome", "check", "."),
	page: tool(tsc, "-p", "cli/dashboard/page"),
};

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { verbose: { type: "boolean", default: false }, without: { type: "string", multiple: true, default: [] } },
});
const unknown = [...positionals, ...values.without].filter((name) => !Object.hasOwn(steps, name));
if (unknown.length > 0) {
	console.error(`There is no step ${unknown.join(", ")}. The steps are: ${Object.keys(steps).join(", ")}.`);
	process.exit(2);
}

/** Both streams in the order they came, and how it ended. */
function run([command, ...args]) {
	return new Promise((resolve) => {
		const env = process.stdout.isTTY ? { ...process.env, FORCE_COLOR: "1" } : process.env;
		const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
		const output = [];
		child.stdout.on("data", (data) => output.push(data));
		child.stderr.on("data", (data) => output.push(data));
		child.once("error", (error) => resolve({ passed: false, output: `${error.message}\n` }));
		child.once("close", (code) => resolve({ passed: code === 0, output: Buffer.concat(output).toString() }));
	});
}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const failed = [];
const start = performance.now();
const waiting = Object.keys(steps).filter(
	(name) => (positionals.length === 0 || positionals.includes(name)) && !values.without.includes(name),
);

async function worker() {
	for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
		const begun = performance.now();
		const { passed, output } = await run(steps[name]);
		if (!passed) failed.push(name);
		console.log(`${passed ? "passed" : "FAILED"}  ${name.padEnd(8)} ${seconds(begun)}`);
		if (!passed || values.verbose) console.log(output);
	}
}

await Promise.all([worker(), worker()]);
console.log(failed.length === 0 ? `Passed in ${seconds(start)}.` : `Failed: ${failed.join(", ")} (${seconds(start)}).`);
process.exitCode = failed.length === 0 ? 0 : 1;
