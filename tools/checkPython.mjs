// Lints and type-checks all Python, by `[tool.ruff]` and `[tool.mypy]` of pyproject.toml. Both tools are in the jobs'
// environment, as mypy reads the types of the packages there; without them, or with other versions of them, the
// environment is made, which needs a network once.
//   node tools/checkPython.mjs          says what is wrong
//   node tools/checkPython.mjs --fix    corrects what ruff can correct, formats, and says what is left
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const bin = join(root, ".pipeline", "python", "bin");
const cli = join(root, "dist", "pipeline-cli.js");

function run(program, ...args) {
	return spawnSync(program, args, { cwd: root, stdio: "inherit" }).status === 0;
}

function hasTools() {
	const wanted = readFileSync(join(root, "etl", "requirements-dev.in"), "utf8").match(/^(mypy|ruff)==\S+$/gm);
	const code =
		'from importlib.metadata import version; print(*(f"{name}=={version(name)}" for name in ("mypy", "ruff")))';
	const { status, stdout } = spawnSync(join(bin, "python"), ["-c", code], { encoding: "utf8" });
	return status === 0 && stdout.trim() === wanted?.join(" ");
}

function setUp() {
	if (!existsSync(cli) && !run(process.execPath, "cli/build.mjs")) return false;
	return run(process.execPath, cli, "setup", "--dev", "--quiet") && hasTools();
}

if (!hasTools() && !setUp()) {
	console.error("Python is checked with mypy and ruff of the jobs' environment: npx pipeline-cli setup --dev");
	process.exit(1);
}
const fix = process.argv.includes("--fix");
const checks = [
	["ruff", "check", ...(fix ? ["--fix"] : [])],
	["ruff", "format", ...(fix ? [] : ["--diff"])],
	["mypy", ...(process.stdout.isTTY ? [] : ["--no-color-output"])],
];
// Each of them, also after one that failed.
const passed = checks.map(([program, ...args]) => run(join(bin, program), ...args));
process.exitCode = passed.every(Boolean) ? 0 : 1;
