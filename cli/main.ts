#!/usr/bin/env node
import { countInterrupts } from "./common/process/interrupts.ts";

countInterrupts();
// All else is loaded behind this line.
const { main } = await import("./run.ts");
const { exitCodes } = await import("./common/errors.ts");
const code = await main(process.argv.slice(2), (now) => process.exit(now));
// A call that still waits for an answer or a retry must not hold up a user who leaves.
if (code === exitCodes.cancelled || code === exitCodes.timeout) process.exit(code);
process.exitCode = code;
