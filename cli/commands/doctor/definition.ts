import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "doctor",
	plans: true,
	summary: "Check all that the pipeline needs, and say how to fix it",
	description:
		"On this machine: Node.js, Python, the engine of the jobs, MariaDB, disk, ports, and the settings of the source; also before there is a stack. On AWS: credentials, account, permissions, jobs, DMS instance and engine version, quotas, buckets, warehouse, QuickSight, and the settings of the source. What it may not or cannot look at is not checked, and fails nothing.",
	timeout: "5m",
	examples: [["Before the first start, or when something fails", "doctor"]],
});
