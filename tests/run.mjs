// All tests: vitest, then pytest, on the Python environment that the setup makes. Ends with one line that sums both.
import { spawn } from "node:child_process";
import { mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const reports = join(root, "tests", "artifacts");
const python = join(root, ".pipeline", "python", "bin", "python");

/** Runs a program with our output as its own. */
function run(command, args, env = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, ...env } });
		child.once("error", reject);
		child.once("close", (code) => resolve(code ?? 1));
	});
}

async function vitest() {
	const file = join(reports, "vitest.json");
	const code = await run(process.execPath, [
		"node_modules/vitest/vitest.mjs",
		"run",
		"--reporter=default",
		"--reporter=json",
		`--outputFile.json=${file}`,
	]);
	const report = JSON.parse(await readFile(file, "utf8"));
	// A file that cannot be loaded has no failed test of its own.
	const broken = report.testResults.filter((result) => result.status === "failed" && result.assertionResults.length === 0).length;
	const failed = report.numFailedTests + broken;
	return { passed: report.numPassedTests, failed: failed || (code === 0 ? 0 : 1), skipped: report.numPendingTests };
}

async function pytest() {
	const file = join(reports, "pytest.xml");
	const code = await run(python, ["-m", "pytest", "etl/tests", `--junitxml=${file}`], { PYTHONDONTWRITEBYTECODE: "1" });
	const suite = /<testsuite [^>]*>/.exec(await readFile(file, "utf8"))?.[0] ?? "";
	const count = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
	const failed = count("failures") + count("errors");
	return { passed: count("tests") - failed - count("skipped"), failed: failed || (code === 0 ? 0 : 1), skipped: count("skipped") };
}

await rm(reports, { recursive: true, force: true });
await mkdir(reports, { recursive: true });
const setup = await run(process.execPath, ["dist/pipeline-cli.js", "setup", "--dev"]);
if (setup !== 0) process.exit(setup);
const results = [await vitest(), await pytest()];
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
process.exitCode = sum("failed") === 0 && sum("passed") > 0 ? 0 : 1;
