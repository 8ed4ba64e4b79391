import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "verify-clicks",
	plans: true,
	summary: "Send marked clicks and prove that they arrive",
	description:
		"Tracks them through the raw zone to the table of clicks, where they are kept. Then runs the jobs that read clicks, and the check in `clicks.check` of the definition. Exits with 0 only if everything is proved, 10 if data differs, and 9 on timeout.",
	json: {
		ok: "whether everything was proved",
		checks: "title, ok, seconds and what was seen",
		columns: "fields that were compared",
		rows: "values that were sent",
		rawFiles: "objects that contain them",
		latency: "seconds from sending to the raw zone (`raw`) and to a query (`queryable`)",
	},
	examples: [["Prove that clicks arrive", "verify-clicks"]],
});
