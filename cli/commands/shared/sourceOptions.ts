import { defineOption } from "../../options.ts";
import { wholeNumber } from "./options.ts";

export const sourceCa = defineOption({
	flags: "--source-ca <file>",
	description: "PEM file of the authority that issued its certificate; the stack keeps a copy",
});

/** Options of the commands that start the source. */
export const sourceOptions = [
	defineOption({
		flags: "--source-url <url>",
		description: "use this MySQL or MariaDB: mysql://user@host:port",
	}),
	sourceCa,
	defineOption({
		flags: "--schema <name>",
		description: "schema to replicate; can be repeated (default: those of the stack, initially of the definition)",
		repeatable: true,
	}),
	defineOption({
		flags: "--pipeline <folder>",
		description: "definition of the pipeline to run (default: the sample shop)",
	}),
	defineOption({ flags: "--port <port>", description: "port of the private MariaDB", parse: wholeNumber(1, 65535) }),
] as const;
