import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "doctor",
	plans: true,
	summary: "Check everything the pipeline needs, and explain how to fix it",
	description:
		"On this machine: Node.js, Python, the engine of the jobs, MariaDB, disk, ports, and the settings of the source; works even before there is a stack. On AWS: credentials, account, permissions, jobs, DMS instance and engine version, quotas, buckets, warehouse, QuickSight, and the settings of the source. Anything that cannot be inspected is reported as not checked, and is not a failure.",
	timeout: "5m",
	json: {
		ok: "whether no check failed",
		stackExists: "false if there is no stack yet",
		checks: "name, ok, found, fix",
	},
	examples: [["Before the first start, or after a failure", "doctor"]],
});
