import { describe, expect, it } from "vitest";
import { readConfig } from "./stackConfig.ts";
import { checkAccounts, checkKeys, checkSecretPlace } from "./stackKeys.ts";
import { testEnvironment } from "./testing/mockedCloud.ts";
import { runProgram } from "./testing/program.ts";
import { engineConfig } from "./testing/stack.ts";

describe("a key that nothing reads", () => {
	const refusal = (keys: string[], own: string[] = []): string => {
		try {
			checkKeys("sales", keys, own);
		} catch (error) {
			return (error as Error).message;
		}
		return "";
	};

	it("does not include the provider's, Pulumi's, another program's, or what the project declares", () => {
		const keys = ["sales:jobRetries", "aws:region", "pulumi:tags", "kubernetes:context", "sales:replicas"];
		expect(refusal(keys, ["replicas"])).toBe("");
	});

	it("is refused with the key that was meant", () => {
		expect(refusal(["sales:jobMaxWorker", "sales:jobRetries"])).toBe(
			"The configuration of the stack has an unused key:\n  jobMaxWorker: is not a key of the pipeline. Did you mean " +
				"jobMaxWorkers? Remove it: pulumi config rm jobMaxWorker. If your own program reads it, declare it under config in Pulumi.yaml instead",
		);
		expect(refusal(["sales:JobRetries"])).toContain("Did you mean jobRetries?");
		expect(refusal(["sales:sourceHost.name", "sales:xyzzy"])).toMatch(
			/has 2 unused keys:\n.*\n {2}xyzzy: is not a key of the pipeline\. Remove/,
		);
	});

	it("is one of the name that a project had before", () => {
		expect(refusal(["analytics-pipeline:schedule"])).toContain(
			"  analytics-pipeline:schedule: belongs to another project and would have no effect. Set it: pulumi config set schedule VALUE, " +
				"and remove this: pulumi config rm analytics-pipeline:schedule",
		);
	});
});

describe("accounts to which a stack is held", () => {
	it.each(['["111122223333"]', '["012345678901","111122223333"]'])("%s are taken", (text) => {
		expect(() => checkAccounts({ "aws:allowedAccountIds": text, "aws:forbiddenAccountIds": undefined })).not.toThrow();
	});

	it.each(["111122223333", "[12345678901]", '["mine"]', "[]", '"111122223333"', "[1"])("%s are refused", (text) => {
		expect(() => checkAccounts({ "aws:allowedAccountIds": text })).toThrow(
			`  aws:allowedAccountIds: ${text} is not a list of twelve-digit account numbers in quotes. Set it: pulumi config set --path 'aws:allowedAccountIds[0]'`,
		);
	});
});

it("a secret of another region is refused, since DMS reads none", () => {
	const arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-AbCdEf";
	expect(() => checkSecretPlace(arn, "eu-west-1")).not.toThrow();
	expect(() => checkSecretPlace(undefined, "eu-west-1")).not.toThrow();
	expect(() => checkSecretPlace(arn, "eu-central-1")).toThrow(
		`sourceSecretArn: "${arn}" is in eu-west-1, but the stack is in eu-central-1. Replicate it with Secrets Manager: aws secretsmanager replicate-secret`,
	);
});

describe("a stack's configuration as the engine hands it over", () => {
	const read = async (changes: Parameters<typeof engineConfig>[2], more: Record<string, string> = {}) => {
		const config = { ...engineConfig("dev", testEnvironment.region, changes), ...more };
		return (await runProgram(readConfig, { config })).result;
	};

	it("keeps text that looks like a number, where the key is text", async () => {
		expect(await read({ clickstreamName: "2026", jobRetries: 1 })).toMatchObject({
			clickstreamName: "2026",
			jobRetries: 1,
		});
	});

	it.each([
		["a key that nobody knows", { "analytics-pipeline:jobMaxWorker": "5" }, "Did you mean jobMaxWorkers?"],
		[
			"an account that is a number",
			{ "aws:allowedAccountIds": "[111122223333]" },
			"is not a list of twelve-digit account numbers",
		],
	])("is refused for %s", async (_, more, reason) => {
		await expect(read({}, more)).rejects.toThrow(reason);
	});

	it.each([
		["of another region", "eu-west-1", "infra/testing/sourceCa.pem", "is in eu-west-1, but the stack is in"],
		["without its certificate", testEnvironment.region, "README.md", '"README.md" contains no PEM certificate'],
		["without its file", testEnvironment.region, "none.pem", '"none.pem" cannot be read'],
	])("is refused for a source %s", async (_, region, file, reason) => {
		const source = {
			sourceKind: "external",
			sourceHost: "10.1.2.7",
			sourceCidr: "10.1.2.0/24",
			sourceSecretArn: `arn:aws:secretsmanager:${region}:111122223333:secret:s-AbCdEf`,
			sourceCaCertificateFile: file,
		};
		await expect(read(source)).rejects.toThrow(reason);
	});
});
