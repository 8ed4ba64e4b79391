import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "verify-clicks",
	plans: true,
	summary: "Send marked clicks and prove that they arrive",
	description:
		"Follows them through the raw zone to the table of clicks, where they stay; then runs the jobs that read clicks, and asks what `clicks.check` of the definition names. Ends with 0 only when all is proved, 10 where data differ, 9 at the timeout.",
	examples: [["Prove that clicks arrive", "verify-clicks"]],
});
