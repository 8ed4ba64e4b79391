import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "verify-cdc",
	plans: true,
	summary: "Write rows at the source and prove that they arrive",
	description:
		"Follows them through table statistics, raw files and jobs to the current table. Ends with 0 only when all is proved, 10 where data differ, 9 at the timeout.",
	options: [{ flags: "--keep", description: "leave the marker rows at the source" }],
	examples: [["Prove that changes arrive", "verify-cdc"]],
});
