import { expect, it } from "vitest";
import { testContext } from "../../../../tests/support/context.ts";
import type { ExternalServer } from "../../port.ts";
import { chosenSchemas, type SchemaChoice } from "./urlSchema.ts";

const server: ExternalServer = { host: "db", port: 3306, user: "a", tls: "VERIFY_IDENTITY" };
const withSchema = { ...server, schema: "shop" };

it.for<[string, SchemaChoice, readonly string[] | undefined]>([
	["the URL's, where nothing else names one", { server: withSchema, named: undefined }, ["shop"]],
	["none, where nothing names one", { server, named: undefined }, undefined],
	["those of the call", { server: withSchema, named: ["a", "shop"], known: ["b"] }, ["a", "shop"]],
	[
		"those of the stack, of which the URL names one",
		{ server: withSchema, named: undefined, known: ["a", "shop"] },
		["a", "shop"],
	],
	["those of the stack", { server, named: undefined, known: ["a"] }, ["a"]],
])("are %s", ([, choice, schemas]) => {
	const context = testContext();
	expect(chosenSchemas(choice, context.reporter)).toEqual(schemas);
	expect(context.shown).toEqual([]);
});

it("are those of --schema alone, which is said where the URL names another", () => {
	const context = testContext();
	expect(chosenSchemas({ server: withSchema, named: ["a"], known: ["b"] }, context.reporter)).toEqual(["a"]);
	expect(context.shown).toEqual(["The schema shop in the URL is ignored, because --schema names a."]);
});

it("keep the stack's, and refuse another in the URL", () => {
	const choice = { server: withSchema, named: undefined, known: ["a", "b"], pipeline: "my shop" };
	expect(() => chosenSchemas(choice, testContext().reporter)).toThrow(
		expect.objectContaining({
			outcome: "usage",
			text: expect.objectContaining({
				what: "The stack does not replicate the schema shop in the URL.",
				why: "It replicates a, b.",
				next: "pipeline-cli source up --source-url mysql://a@db:3306 --pipeline 'my shop'",
			}),
		}),
	);
});
