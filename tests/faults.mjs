// What takes longer than `npm test` may: many more kills of each kind, and streams of changes by the thousand. Ends with one line
// that says how many parts passed.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const files = ["tests/replication/replicationCrash.test.ts", "tests/local/clickDelivery.test.ts"];
const parts = [
	[process.execPath, "node_modules/vitest/vitest.mjs", "run", "--project", "integration", ...files],
	[".pipeline/python/bin/python", "-m", "pytest", "etl/tests/changes/test_streams.py"],
];

function run([command, ...args]) {
	return new Promise((resolve, reject) => {
		const env = { ...process.env, ALL_FAULTS: "1", STREAMS: process.env.STREAMS ?? "2000" };
		const child = spawn(command, args, { cwd: root, env, stdio: "inherit" });
		child.once("error", reject);
		child.once("close", (code) => resolve(code === 0));
	});
}

let passed = 0;
for (const part of parts) if (await run(part)) passed += 1;
console.log(`${passed} passed, ${parts.length - passed} failed`);
process.exitCode = passed === parts.length ? 0 : 1;
