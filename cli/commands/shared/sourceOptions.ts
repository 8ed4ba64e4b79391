import { defineOption } from "../../options.ts";
import { wholeNumber } from "./options.ts";

export const sourceCa = defineOption({
	flags: "--source-ca <file>",
	description: "authority that verifies its certificate, as PEM; kept by the stack",
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
		description: "schema to replicate; repeat for more (default: the stack's, at first the definition's)",
		repeatable: true,
	}),
	defineOption({
		flags: "--pipeline <folder>",
		description: "definition that the stack runs (default: the sample shop's)",
	}),
	defineOption({ flags: "--port <port>", description: "port of the private MariaDB", parse: wholeNumber(1, 65535) }),
] as const;
