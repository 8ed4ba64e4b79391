import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "crawl",
	plans: true,
	summary: "Register what is in the lake in the data catalog",
	examples: [["Register new tables and partitions", "crawl"]],
});
