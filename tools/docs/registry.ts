import { readFileSync } from "node:fs";
import { configurationPage } from "../../infra/pages/configurationPage.ts";
import { costPage } from "../../infra/pages/costPage.ts";
import { costStacks } from "../../infra/pages/stacks.ts";
import { parseConfig } from "../../infra/parseConfig.ts";
import { repositoryPath, stackValues } from "../../infra/testing/stack.ts";
import { readRooms } from "../walls/rooms.ts";
import { wallsTable } from "../walls/table.ts";
import { readRejected, rejectedTable } from "../words/rejected.ts";
import { commandsPage } from "./commandsPage.ts";
import { definitionReference } from "./definitionPage.ts";
import type { Generated } from "./generated.ts";
import { jsonSchemas } from "./jsonSchemas.ts";
import { licencesPage } from "./licencesPage.ts";

/** Everything that `npm run docs` writes. */
export const registry: readonly Generated[] = [
	{
		path: "docs/configuration.md",
		make: () => configurationPage(readFileSync(repositoryPath("Pulumi.yaml"), "utf8")),
	},
	{
		path: "docs/cost.md",
		make: () => costPage(costStacks(parseConfig(stackValues("dev")), parseConfig(stackValues("prod")))),
	},
	{ path: "docs/commands.md", make: commandsPage },
	{ path: "docs/licences.md", make: licencesPage },
	...Object.entries(jsonSchemas).map(([file, make]) => ({ path: `etl/contract/${file}`, make })),
	{ path: "docs/definition.md", block: "keys", make: definitionReference },
	{ path: "docs/glossary.md", block: "rejected", make: () => rejectedTable(readRejected()) },
	{ path: "docs/architecture.md", block: "walls", make: async () => wallsTable(await readRooms()) },
];
