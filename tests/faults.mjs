// What takes longer than `npm test` may: many more kills of each kind, statements at random by the thousand, all tests of the
// replication on MySQL too, what takes long on Apache Spark, values and streams of changes by the thousand, rows of 20 MB by the
// hundred, damage of each kind of file, full disks, half an hour of load (SOAK_MINUTES), thousands of tables, millions of rows. Ends with one
// line that says how many parts passed.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const crashes = [
	...["replication/replicationCrash", "replication/randomDdl", "replication/network", "replication/goneTables"],
	...["replication/foldedNames", "replication/oddNames", "replication/oldTimes"],
	...["local/clickDelivery", "local/kills", "local/schedule"],
].map((name) => `tests/${name}.test.ts`);
const terminals = "tests/aws/output.test.ts";
const volume = "tests/replication/replicationVolume.test.ts";
const reconcile = "tests/local/reconcile.test.ts";
const recovery = "tests/local/recovery.test.ts";
const faults = ["damage", "engineDoor", "faults", "limits", "soak"].map((name) => `tests/local/${name}.test.ts`);
const values = "tests/replication/differential.test.ts";
/** What MySQL 8.0 does its own way. */
const onOldMySql = ["cascades", "events", "statements", "preparedXa", "replicationDdl", "values"].map(
	(name) => `tests/replication/${name}.test.ts`,
);
const vitest = [process.execPath, "node_modules/vitest/vitest.mjs", "run", "--project"];
const pytest = [".pipeline/python/bin/python", "-m", "pytest"];
const onSail = [
	"etl/tests/changes/test_streams.py",
	"etl/tests/current/test_pieces_killed.py",
	"pipelines/shop/tests/test_click_drift.py",
];
const release = { MYSQL_RELEASE: "8.0" };
/** Exit code of fetchMySql.ts where no MySQL can be had. */
const noMySql = 3;
const parts = [
	[...vitest, "integration", ...crashes, values, volume, terminals, recovery, reconcile],
	[...vitest, "integration", ...faults],
	[...vitest, "mysql"],
	[...pytest, ...onSail],
	[...pytest, "etl/tests", "pipelines", "--engine=spark", "-m", "slow_on_spark"],
];

/** @returns its exit code. */
function run([command, ...args], more = {}) {
	return new Promise((resolve, reject) => {
		const env = { ...process.env, ALL_FAULTS: "1", STREAMS: process.env.STREAMS ?? "2000", ...more };
		const child = spawn(command, args, { cwd: root, env, stdio: "inherit" });
		child.once("error", reject);
		child.once("close", resolve);
	});
}

const results = [];
for (const part of parts) results.push(await run(part));
// Where there is no MySQL 8.0, that is said, and does not count.
const fetched = await run([process.execPath, "--import", "tsx", "tests/support/servers/fetchMySql.ts"], release);
if (fetched !== noMySql) {
	results.push(fetched === 0 ? await run([...vitest, "mysql", ...onOldMySql], release) : fetched);
}
const passed = results.filter((code) => code === 0).length;
console.log(`${passed} passed, ${results.length - passed} failed`);
process.exitCode = passed === results.length ? 0 : 1;
