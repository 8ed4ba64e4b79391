#!/usr/bin/env node
import { nodeFault } from "./common/nodeVersion.ts";
import { countInterrupts } from "./common/process/interrupts.ts";
import { keepLoopbackFromProxies } from "./common/process/loopback.ts";

countInterrupts();
keepLoopbackFromProxies(process.env);
// A terminal that is closed, or a reader that has gone: what is cleaned up then must not end by a word about it.
process.stderr.on("error", () => undefined);
const fault = nodeFault(process.versions.node);
if (fault !== undefined) {
	process.stderr.write(`error: ${fault.what}\n  fix:  ${fault.fix}\n`);
	process.exit(2);
}
// All else is loaded behind this line.
const { main } = await import("./run.ts");
const { exitCodes } = await import("./common/errors.ts");
const code = await main(process.argv.slice(2), (now) => process.exit(now));
// A call that still waits for an answer or a retry must not hold up a user who leaves.
if (code === exitCodes.cancelled || code === exitCodes.timeout) process.exit(code);
process.exitCode = code;
