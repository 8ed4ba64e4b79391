// CPU time that the start of the CLI costs, beside an empty Node process: node bench/cliStart.mjs [runs]. Build first.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const cli = join(dirname(fileURLToPath(import.meta.url)), "..", "dist", "pipeline-cli.js");
const runs = Number(process.argv[2] ?? 21);
const folder = mkdtempSync(join(tmpdir(), "pipeline-bench-"));
const probe = join(folder, "probe.cjs");
const result = join(folder, "cpu");
// Both are measured by the same probe, which reports the whole process from its start.
writeFileSync(
	probe,
	`process.on("exit", () => { const { user, system } = process.cpuUsage(); require("node:fs").writeFileSync(${JSON.stringify(result)}, String((user + system) / 1000)); });`,
);

function measure(args) {
	const { status, stderr } = spawnSync(process.execPath, ["--require", probe, ...args], { encoding: "utf8" });
	if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`);
	return Number(readFileSync(result, "utf8"));
}

try {
	const cases = { "empty node": ["-e", "0"], "--help": [cli, "--help"], "run-etl --help": [cli, "run-etl", "--help"] };
	const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
	// In turns, so that a busy moment of the machine meets all alike. The least is what the work costs.
	for (let run = 0; run < runs; run += 1) {
		for (const [name, args] of Object.entries(cases)) times[name].push(measure(args));
	}
	const least = (name) => Math.min(...times[name]);
	console.table(
		Object.keys(cases).map((name) => ({
			process: name,
			"CPU ms, least": Math.round(least(name)),
			"CPU ms, median": Math.round(times[name].sort((a, b) => a - b)[Math.floor(runs / 2)]),
			"above an empty node": Math.round(least(name) - least("empty node")),
		})),
	);
} finally {
	rmSync(folder, { recursive: true, force: true });
}
