import type { Verb } from "../program.ts";
import { wholeNumber } from "./options.ts";

/** The verbs that show how the pipeline is, prove that it works, and say what mends it. */
export const proofVerbs: readonly Verb[] = [
	{
		name: "status",
		plans: true,
		summary: "Show every part of the pipeline",
		options: [{ flags: "-w, --watch", description: "look again every few seconds, until Ctrl-C" }],
		examples: [
			["All parts at a glance", "status"],
			["All the time", "status --watch"],
		],
		load: async () => (await import("../commands/status.ts")).status,
	},
	{
		name: "verify-cdc",
		plans: true,
		summary: "Write rows at the source and prove that they arrive",
		description:
			"Follows them through table statistics, raw files and jobs to the current table. Ends with 0 only when all is proved, 10 where data differ, 9 at the timeout.",
		options: [{ flags: "--keep", description: "leave the marker rows at the source" }],
		examples: [["Prove that changes arrive", "verify-cdc"]],
		load: async () => (await import("../commands/verifyCdc.ts")).verifyCdc,
	},
	{
		name: "verify-clicks",
		plans: true,
		summary: "Send marked clicks and prove that they arrive",
		description:
			"Follows them through the raw zone to the table of clicks and the joined table, where they stay. Ends with 0 only when all is proved, 10 where data differ, 9 at the timeout.",
		examples: [["Prove that clicks arrive", "verify-clicks"]],
		load: async () => (await import("../commands/verifyClicks.ts")).verifyClicks,
	},
	{
		name: "doctor",
		plans: true,
		summary: "Check all that the pipeline needs, and say how to mend it",
		description:
			"On AWS: credentials, account, permissions, jobs, DMS instance and engine version, quotas, buckets, and the settings of the source.",
		timeout: "5m",
		examples: [["Before the first start, or when something fails", "doctor"]],
		load: async () => (await import("../commands/doctor.ts")).doctor,
	},
	{
		name: "logs",
		plans: true,
		summary: "Show the last lines of a log",
		arguments: [["<part>", "replication, crawler, or a job"]],
		options: [{ flags: "-n, --lines <count>", description: "how many", parse: wholeNumber(1, 10_000), default: 100 }],
		examples: [
			["The replication", "logs replication"],
			["The newest run of a job", "logs apply-changes --lines 500"],
		],
		load: async () => (await import("../commands/logs.ts")).logs,
	},
];
