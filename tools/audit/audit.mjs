// Asks the databases of known vulnerabilities about what the lock files pin: npm's for package-lock.json (what is installed for
// users), PyPI's, by pip-audit, for the locks of etl/. Ends with 1 where one is known. Where a database cannot be asked, that is said
// and counts as no result.
//   node tools/audit/audit.mjs [pip-audit's program]
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ofNpm, ofPip } from "./verdict.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const pipAudit = process.argv[2] ?? join(root, ".pipeline", "audit", "bin", "pip-audit");
const locks = ["requirements.lock", "requirements-notebook.lock"].map((name) => join("etl", name));

function run(command, args) {
	const { status, stdout, stderr, error } = spawnSync(command, args, {
		cwd: root,
		encoding: "utf8",
		maxBuffer: 2 ** 28,
	});
	return { status, stdout: stdout ?? "", stderr: error?.message ?? stderr ?? "" };
}

const verdicts = [["package-lock.json", ofNpm(run("npm", ["audit", "--omit", "dev", "--json"]))]];
for (const lock of locks) {
	const how = [
		"--requirement",
		lock,
		"--disable-pip",
		"--require-hashes",
		"--format",
		"json",
		"--progress-spinner",
		"off",
	];
	const missing = { state: "not audited", why: "pip-audit is not installed (python3 -m pip install pip-audit)" };
	verdicts.push([lock, existsSync(pipAudit) ? ofPip(run(pipAudit, how)) : missing]);
}
for (const [lock, { state, why, found = [] }] of verdicts) {
	console.log(`${lock}: ${state}${why === undefined ? "" : `: ${why}`}`);
	for (const one of found) console.log(`  ${one}`);
	// GitHub shows it beside the run.
	if (state === "not audited" && process.env.GITHUB_ACTIONS === "true")
		console.log(`::warning::${lock}: ${state}: ${why}`);
}
process.exitCode = verdicts.some(([, { state }]) => state === "vulnerable") ? 1 : 0;
