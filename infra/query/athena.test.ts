import { describe, expect, it } from "vitest";
import { queries as namedQueries } from "../../tests/support/sampleShop.ts";
import { runProgram } from "../testing/program.ts";
import { Athena } from "./athena.ts";

const made = (disposable: boolean) =>
	runProgram(() => {
		const athena = new Athena("athena", {
			database: "db",
			resultsBucket: "processed",
			kmsKeyArn: "arn:key",
			scanLimitGb: 2,
			queries: namedQueries,
			disposable,
		});
		return { uri: athena.resultsUri, ids: athena.queryIds };
	});

describe("Athena", () => {
	it("enforces where results go, their encryption, and how much a query scans", async () => {
		const program = await made(false);
		expect(program.named("athena-workgroup").inputs).toEqual({
			name: "athena",
			description: expect.any(String),
			forceDestroy: false,
			configuration: {
				enforceWorkgroupConfiguration: true,
				publishCloudwatchMetricsEnabled: true,
				bytesScannedCutoffPerQuery: 2_000_000_000,
				engineVersion: { selectedEngineVersion: "Athena engine version 3" },
				resultConfiguration: {
					outputLocation: "s3://processed/athena-queries/",
					encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: "arn:key" },
				},
			},
		});
		expect(program.result.uri).toBe("s3://processed/athena-queries/");
		expect((await made(true)).named("athena-workgroup").inputs).toMatchObject({ forceDestroy: true });
	});

	it("has every query of the definition, in its workgroup, over the stack's database", async () => {
		const program = await made(false);
		const queries = program.ofType("aws:athena/namedQuery:NamedQuery");
		const files = namedQueries;
		const names = files.map(({ name }) => name);
		const byName = new Map(queries.map(({ inputs }) => [inputs.name, inputs]));
		expect([...byName.keys()].sort()).toEqual([...names].sort());
		for (const { name, title, sql } of files) {
			expect(byName.get(name)).toMatchObject({ description: title, query: sql.trim() });
		}
		expect(Object.keys(program.result.ids).sort()).toEqual([...names].sort());
		expect(queries.filter(({ inputs }) => inputs.workgroup !== "athena" || inputs.database !== "db")).toEqual([]);
	});
});
