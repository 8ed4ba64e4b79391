import { defineCommand } from "../../command.ts";

export const definition = defineCommand({
	name: "crawl",
	plans: true,
	summary: "Register the tables of the lake in the data catalog",
	examples: [["Register new tables and partitions", "crawl"]],
});
