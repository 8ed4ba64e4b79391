// All tests: vitest in four parts, and pytest with the jobs on Sail and on Apache Spark, side by side. Ends with one line that sums
// them.
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const reports = join(root, "tests", "artifacts");
/** Exit code of fetchMySql.ts where no MySQL can be had. */
const noMySql = 3;
const python = join(root, ".pipeline", "python", "bin", "python");

/**
 * Where and in which language the user of each part sits: nothing that is shown, written or compared may differ by it. Zones of half
 * hours east and west of UTC; a locale without UTF-8, and one with commas in its numbers.
 */
const east = { TZ: "Asia/Kolkata", LC_ALL: "de_DE.UTF-8" };
const west = { TZ: "America/St_Johns", LC_ALL: "C" };
/** Where summer time differs from winter time, north and south of the equator. */
const newYork = { TZ: "America/New_York", LC_ALL: "C" };
const sydney = { TZ: "Australia/Sydney", LC_ALL: "de_DE.UTF-8" };

/** Runs a program with our output as its own, or, with a log, writes it there and shows it at the end. */
async function run(command, args, log, place) {
	const env = { ...process.env, ...place, PYTHONDONTWRITEBYTECODE: "1", ALL_CASES: "1", FEW_ON_MYSQL: "1" };
	const child = spawn(command, args, {
		cwd: root,
		env,
		stdio: ["ignore", log ? "pipe" : "inherit", log ? "pipe" : "inherit"],
	});
	const file = log === undefined ? undefined : createWriteStream(log);
	child.stdout?.pipe(file, { end: false });
	child.stderr?.pipe(file, { end: false });
	const code = await new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (ended) => resolve(ended ?? 1));
	});
	if (file !== undefined) {
		await new Promise((resolve) => file.end(resolve));
		process.stdout.write(`\n${[command, ...args].join(" ")}\n${await readFile(log, "utf8")}`);
	}
	return code;
}

/** Tests of replication, then those on MySQL. Where no MySQL can be had here, that counts as skipped, and it is said again at the end. */
async function replication() {
	const fetched = await run(process.execPath, ["--import", "tsx", "tests/support/servers/fetchMySql.ts"]);
	const isThere = fetched === 0;
	if (!isThere && fetched !== noMySql)
		return { passed: 0, failed: 1, skipped: 0, failures: ["MySQL could not be fetched"] };
	const onMariaDb = [...projects("integration"), "tests/replication"];
	const result = await vitest("replication", onMariaDb, join(reports, "replication.log"), sydney);
	if (!isThere) return { ...result, skipped: result.skipped + 1, without: "MySQL" };
	const more = await vitest("mysql", projects("mysql"), join(reports, "mysql.log"), sydney);
	return {
		passed: result.passed + more.passed,
		failed: result.failed + more.failed,
		skipped: result.skipped + more.skipped,
		failures: [...result.failures, ...more.failures],
	};
}

async function vitest(name, args, log, place) {
	const file = join(reports, `vitest-${name}.json`);
	const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
	const code = await run(
		process.execPath,
		["node_modules/vitest/vitest.mjs", "run", ...args, ...reporters],
		log,
		place,
	);
	const report = JSON.parse(await readFile(file, "utf8"));
	// A file that cannot be loaded has no failed test of its own.
	const broken = report.testResults.filter(
		(result) => result.status === "failed" && result.assertionResults.length === 0,
	).length;
	const failed = report.numFailedTests + broken;
	const failures = report.testResults.flatMap((result) => [
		...(result.status === "failed" && result.assertionResults.length === 0
			? [`${result.name}: ${result.message}`]
			: []),
		...result.assertionResults
			.filter(({ status }) => status === "failed")
			.map(({ fullName, failureMessages }) => `${result.name}: ${fullName}\n${failureMessages.join("\n")}`),
	]);
	return {
		passed: report.numPassedTests,
		failed: failed || (code === 0 ? 0 : 1),
		skipped: report.numPendingTests,
		failures: failures.length > 0 || code === 0 ? failures : [`vitest ${name} ended with ${code}`],
	};
}

async function pytest(engine, place) {
	const file = join(reports, `pytest-${engine}.xml`);
	const args = ["-m", "pytest", "etl/tests", "pipelines", `--engine=${engine}`, "--durations=30", `--junitxml=${file}`];
	const code = await run(python, args, join(reports, `pytest-${engine}.log`), place);
	const report = await readFile(file, "utf8");
	const suite = /<testsuite [^>]*>/.exec(report)?.[0] ?? "";
	const count = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
	const failed = count("failures") + count("errors");
	const skipped = count("skipped");
	const failures = [
		...report.matchAll(/<testcase classname="([^"]*)" name="([^"]*)"[^>]*><(?:failure|error) message="([^"]*)"/g),
	].map(([, file, test, message]) => `${engine}: ${file} ${test}\n${message.replaceAll("&#10;", "\n")}`);
	return {
		passed: count("tests") - failed - skipped,
		failed: failed || (code === 0 ? 0 : 1),
		skipped,
		failures: failures.length > 0 || code === 0 ? failures : [`pytest on ${engine} ended with ${code}`],
	};
}

await rm(reports, { recursive: true, force: true });
await mkdir(reports, { recursive: true });
const setup = await run(process.execPath, ["dist/pipeline-cli.js", "setup", "--dev"]);
if (setup !== 0) process.exit(setup);
/** Notes how long a part takes: which one the whole waits for. */
async function timed(name, part) {
	const begun = performance.now();
	const result = await part;
	return { ...result, took: `${name} ${Math.round((performance.now() - begun) / 1000)} s` };
}

/** Starts each part when the one before has ended. */
function oneByOne(...parts) {
	let before = Promise.resolve();
	return parts.map((part) => {
		before = before.then(part);
		return before;
	});
}

const projects = (...names) => names.flatMap((name) => ["--project", name]);
const exclude = (...folders) => folders.flatMap((folder) => ["--exclude", `tests/${folder}/**`]);
const results = await Promise.all([
	// Logs of all but the first are shown at the end.
	timed(
		"vitest",
		vitest(
			"aws",
			[...projects("unit", "infra", "integration"), ...exclude("replication", "local", "answers")],
			undefined,
			east,
		),
	),
	timed("local", vitest("local", [...projects("integration"), "tests/local"], join(reports, "local.log"), newYork)),
	// These wait for servers most of the time.
	timed("replication", replication()),
	// The shorter two one after the other, so that all take about the same time.
	...oneByOne(
		() => timed("pytest on Sail", pytest("sail", newYork)),
		() =>
			timed(
				"answers",
				vitest("answers", [...projects("integration"), "tests/answers"], join(reports, "answers.log"), west),
			),
	),
	timed("pytest on Spark", pytest("spark", east)),
]);
for (const { without } of results) if (without) console.log(`Not tested for want of it here: ${without}`);
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
// Again at the end, where they are found.
for (const failure of results.flatMap(({ failures }) => failures)) console.log(`failed: ${failure.slice(0, 2000)}\n`);
console.log(results.map(({ took }) => took).join(", "));
console.log(`${sum("skipped")} skipped`);
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") === 0 && sum("passed") > 0 ? 0 : 1;
