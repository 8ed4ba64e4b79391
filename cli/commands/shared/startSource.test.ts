import { expect, it } from "vitest";
import { testContext } from "../../../tests/support/context.ts";
import type { ExternalOptions, ExternalServer, LocalHost } from "../../engines/port.ts";
import { startSource } from "./startSource.ts";

const server: ExternalServer = { host: "db", port: 3306, user: "a", tls: true };

it.each([
	[undefined, undefined, undefined],
	["shop", undefined, ["shop"]],
	[undefined, ["a"], ["a"]],
	["shop", ["a", "shop"], ["shop", "a"]],
])("replicates the schema of the URL and those that are named: %s, %j", async (inUrl, schema, schemas) => {
	const used: ExternalOptions[] = [];
	const host = {
		chosenServer: async () => ({ ...server, ...(inUrl !== undefined && { schema: inUrl }) }),
		useServer: async (_: unknown, options: ExternalOptions) => {
			used.push(options);
			return { address: "db:3306", checks: [] };
		},
	} as unknown as LocalHost;
	const choice = { sourceUrl: "mysql://a@db", schema, pipeline: undefined, port: undefined };
	await startSource(host, choice, false, testContext());
	expect(used.map((options) => options.schemas)).toEqual([schemas]);
});
