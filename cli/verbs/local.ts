import type { Verb } from "../program.ts";
import { gather, scale, seed, wholeNumber } from "./options.ts";

/** The verbs that make, start and stop the local stack. */
export const localVerbs: readonly Verb[] = [
	{
		name: "demo",
		summary: "Run the whole pipeline on this machine and prove that a change arrives",
		description:
			"Sets up, starts a MariaDB with two sample schemas, replicates, sends clicks, runs the jobs, queries, and verifies. Safe to repeat.",
		options: [scale(), seed()],
		examples: [["The whole pipeline, from nothing", "demo"]],
		load: async () => (await import("../commands/demo.ts")).demo,
	},
	{
		name: "setup",
		summary: "Install what the local stack needs: the jobs' Python environment, MariaDB",
		description: "Other commands of the local stack do this when it is needed.",
		options: [{ flags: "--dev", description: "also install what the Python tests need" }],
		examples: [["Install, or check that all is there", "setup"]],
		load: async () => (await import("../commands/setup.ts")).setup,
	},
	{
		name: "source up",
		summary: "Start the private MariaDB, or use a server of your own",
		description:
			"With --source-url the server is checked first. Its password is taken from PIPELINE_SOURCE_PASSWORD, or the whole URL from PIPELINE_SOURCE_URL, or asked for.",
		options: [
			{ flags: "--source-url <url>", description: "use this MySQL or MariaDB: mysql://user@host:port" },
			{
				flags: "--schema <name>",
				description: "schema to replicate; repeat for more",
				parse: gather,
			},
			{ flags: "--port <port>", description: "port of the private MariaDB", parse: wholeNumber(1, 65535) },
		],
		examples: [
			["Start a private MariaDB", "source up"],
			["Use your own server", "source up --source-url mysql://repl@db.example.com:3306 --schema shop"],
		],
		load: async () => (await import("../commands/source.ts")).sourceUp,
	},
	{
		name: "source down",
		summary: "Stop the private MariaDB; its data stays",
		examples: [["Stop it", "source down"]],
		load: async () => (await import("../commands/source.ts")).sourceDown,
	},
	{
		name: "source status",
		summary: "Show the source and check what replication needs of it",
		examples: [["State, rows and checks", "source status"]],
		load: async () => (await import("../commands/source.ts")).sourceStatus,
	},
	{
		name: "source seed",
		summary: "Create and fill the two sample schemas",
		description:
			"The same seed number gives the same data. --scale multiplies customers, orders and what belongs to them; products, employees and posts grow with its square root; offices, product lines and settings stay, and wp_terms always has 15 rows.",
		options: [
			scale(),
			seed(),
			{ flags: "--reset", description: "drop the sample schemas first" },
			{ flags: "--yes", description: "do not ask before writing to a server of your own" },
		],
		examples: [
			["Fill the sample schemas", "source seed"],
			["Ten times the rows", "source seed --reset --scale 10"],
		],
		load: async () => (await import("../commands/source.ts")).sourceSeed,
	},
	{
		name: "down",
		summary: "Stop everything of the local stack",
		options: [
			{ flags: "--purge", description: "also remove its data, after asking" },
			{ flags: "--yes", description: "do not ask" },
		],
		examples: [
			["Stop; data stays", "down"],
			["Remove all of it", "down --purge"],
		],
		load: async () => (await import("../commands/down.ts")).down,
	},
];
