/**
 * `npm run bench -- [name] [--json] [--keep] [--check]`: measures the rows whose names begin with `name`, or all. `--keep` writes the run to
 * bench/results and RESULTS.md; `--check` fails where a row has fallen behind its committed results.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectRoot } from "../cli/common/projectRoot.ts";
import { describeMachine } from "./core/machine.ts";
import { endAll, measureRow } from "./core/measure.ts";
import { resultsPage } from "./core/page.ts";
import { mariadbBinlog, peersPython } from "./core/peers.ts";
import { keep, newest, type Run, readHistory, slower } from "./core/results.ts";
import { cli } from "./core/stack.ts";
import { rows } from "./rows.ts";

const rounds = 3;
const folder = join(import.meta.dirname, "results");
const say = (text: string): void => void process.stderr.write(`${text}\n`);

function fail(what: string): never {
	say(`error: ${what}`);
	process.exit(1);
}

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		json: { type: "boolean", default: false },
		keep: { type: "boolean", default: false },
		check: { type: "boolean", default: false },
	},
});
const [prefix = ""] = positionals;
const chosen = rows.filter(({ name }) => name.startsWith(prefix));
if (chosen.length === 0) fail(`no row is called ${prefix}. There are: ${rows.map(({ name }) => name).join(", ")}`);
if (!existsSync(cli)) fail("the command line is not built. Run: npm run build");
if (!existsSync(peersPython) || !existsSync(mariadbBinlog)) fail("the peers are not there. Run: npm run bench:setup");

process.once("SIGINT", () => void endAll().finally(() => process.exit(130)));
const machine = describeMachine();
if (machine.busy) {
	if (values.check)
		fail(
			`the machine is busy (load ${machine.load} on ${machine.cores} cores): ratios would be noise. Wait until it is not`,
		);
	say(
		`The machine is busy (load ${machine.load} on ${machine.cores} cores): these results count for nothing that is compared later.`,
	);
}
const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: projectRoot, encoding: "utf8" }).trim();
const run: Run = { at: new Date().toISOString(), commit, machine, rows: [] };
for (const row of chosen) run.rows.push(await measureRow(row, rounds, say));

const history = await readHistory(folder);
if (values.keep) {
	say(`kept: ${await keep(run, folder)}`);
	const shown = newest(
		[...history, run],
		rows.map(({ name }) => name),
	);
	await writeFile(join(import.meta.dirname, "RESULTS.md"), resultsPage(shown, rows));
}
const shown = run.rows.map((result) => ({ run, result }));
process.stdout.write(values.json ? `${JSON.stringify(run, null, "\t")}\n` : resultsPage(shown, rows));
if (values.check) {
	const behind = slower(run, history);
	if (behind.length > 0) fail(`slower than before:\n${behind.join("\n")}`);
}
