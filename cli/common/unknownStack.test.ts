import { expect, it } from "vitest";
import { unknownStack } from "./unknownStack.ts";

it.each([
	[
		"local-shpo",
		["local-shop"],
		"pipeline-cli up --stack local-shpo",
		"Did you mean local-shop? Otherwise create it: pipeline-cli up --stack local-shpo",
		"status --stack local-shop",
	],
	["local-crm", ["local-shop", "dev"], "pipeline-cli up --stack local-crm", "Create it.", "up --stack local-crm"],
	["staging", ["local", "prod"], undefined, "Choose one of them with --stack.", "status --stack local"],
	["prdo", ["local", "prod"], undefined, "Did you mean prod?", "status --stack prod"],
	["staging", [], undefined, "Create one first.", "demo"],
])("%s of %j: what to do and what to run next fit together", (name, known, make, fix, next) => {
	const { outcome, text } = unknownStack(name, known, make);
	expect([outcome, text.what]).toEqual(["noSuchStack", `The stack ${name} does not exist.`]);
	expect([text.fix, text.next]).toEqual([fix, `pipeline-cli ${next}`]);
});
