import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { stackNameOf, stackText } from "../cli/actions/init/stackFile.ts";
import { declaredKeys } from "./declaredKeys.ts";
import { parseConfig } from "./parseConfig.ts";
import { ownersIn, refusePlaceholders } from "./placeholders.ts";
import { checkNames, readConfig } from "./stackConfig.ts";
import { deployed } from "./testing/deployed.ts";
import { testEnvironment } from "./testing/mockedCloud.ts";
import { runProgram } from "./testing/program.ts";
import { configWith, engineConfig, stackValues } from "./testing/stack.ts";

const owner = (account: string): string => `arn:aws:quicksight:eu-west-1:${account}:user/default/analyst`;

describe("a placeholder", () => {
	it.each(["data-platform@example.com", "a@mail.example.org", "a@EXAMPLE.net"])("%s is refused", (address) => {
		expect(() => refusePlaceholders(configWith({ notificationEmail: address }))).toThrow(
			`The configuration of the stack has an error:\n  notificationEmail: "${address}" is an example address that nobody reads. Set it: pulumi config set notificationEmail you@your-company.com`,
		);
	});

	it.each(["", "you@my-example.com", "example.com@company.test"])("is none: %j", (address) => {
		expect(() => refusePlaceholders(configWith({ notificationEmail: address }))).not.toThrow();
	});

	it("is the account of AWS's examples, also beside a right owner", () => {
		const principals = [owner("111122223333"), owner("123456789012")];
		expect(() => refusePlaceholders(configWith({ quickSightPrincipals: principals }))).toThrow(
			/ {2}quickSightPrincipals: "arn:aws:quicksight:eu-west-1:123456789012:\S+" is an example .*\. Set it: pulumi config set --path 'quickSightPrincipals\[0\]' arn:/,
		);
	});

	it("is in Pulumi.prod.yaml until its reader has set both, and ends the program before it makes anything", async () => {
		const read = (changes: Parameters<typeof engineConfig>[2]) =>
			runProgram(() => readConfig().notificationEmail, {
				config: engineConfig("prod", testEnvironment.region, changes),
			});
		await expect(read({})).rejects.toThrow(
			/has 2 errors:\n {2}notificationEmail: "data-platform@example\.com" is an example.*\n {2}quickSightPrincipals: "/,
		);
		const mine = { notificationEmail: "data@company.test" };
		await expect(read(mine)).rejects.toThrow(/quickSightPrincipals: "\S+123456789012\S+ is an example/);
		const owned = await read({ ...mine, quickSightPrincipals: [owner("111122223333")] });
		expect(owned.result).toBe("data@company.test");
		expect(() => parseConfig(stackValues("prod"))).not.toThrow();
	});
});

describe("a stack of pipeline-cli init", () => {
	const values = (host: string): Record<string, unknown> => {
		const server = { host, port: 3307, user: "repl", tls: "VERIFY_IDENTITY" as const };
		const { config } = parse(stackText("shop2", "pipelines/shop2", server, "MariaDB 10.11.19")) as {
			config: Record<string, unknown>;
		};
		const defaults = Object.entries(declaredKeys()).map(([key, declared]) => [key, declared.default]);
		return { ...Object.fromEntries(defaults), ...config };
	};
	const refusal = (host: string): string[] => {
		try {
			refusePlaceholders(parseConfig(values(host)));
			return [];
		} catch (error) {
			return String(error)
				.split("\n")
				.slice(1)
				.map((line) => line.trim().split(":")[0] ?? "");
		}
	};
	const unknown = ["sourceSecretArn", "sourceCidr", "sourceCaCertificateFile", "notificationEmail"];

	it("has values that are right in form, and is refused for those that only its reader knows", () => {
		expect(parseConfig(values("db.company.test"))).toMatchObject({
			pipeline: "pipelines/shop2",
			sourceKind: "external",
			sourceEngine: "mariadb",
			sourceHost: "db.company.test",
			sourcePort: 3307,
		});
		expect(refusal("db.company.test")).toEqual(unknown);
	});

	it.each(["127.0.0.1", "localhost", "::1"])("is refused for %s, too, which AWS does not reach", (host) => {
		expect(refusal(host)).toEqual(["sourceHost", ...unknown]);
	});

	it.each(["shop", "customer-analytics", "a--b", "twelve-chars-and-more", "a".repeat(40)])(
		"has a name that the program takes, for a pipeline %s",
		(pipeline) => {
			expect(() => checkNames("analytics-pipeline", stackNameOf(pipeline))).not.toThrow();
		},
	);
});

it("text that looks like a list and is none is a wrong value like any other", async () => {
	const config = engineConfig("dev", testEnvironment.region, { sourceKind: "external", sourceHost: "[x]" });
	await expect(runProgram(() => readConfig().sourceHost, { config })).rejects.toThrow(
		'sourceHost: "[x]" is not a host name or address. Set it: pulumi config set sourceHost mysql.example.com',
	);
});

describe("the dashboards' owners", () => {
	it("are of the account that is deployed to", () => {
		const owners = [owner(testEnvironment.accountId)];
		expect(ownersIn(testEnvironment.accountId, owners)).toEqual(owners);
		expect(() => ownersIn(testEnvironment.accountId, [...owners, owner("444455556666")])).toThrow(
			/ {2}quickSightPrincipals: "\S+:444455556666:\S+" does not belong to account 111122223333, to which this stack is deployed\. Set it: pulumi config set --path 'quickSightPrincipals\[0\]' /,
		);
	});

	it("get the dashboards", async () => {
		const dashboard = (await deployed("prod")).named("analytics-pipeline-prod-dashboards-shop-dashboard");
		expect(dashboard.inputs.permissions).toMatchObject([
			{ principal: expect.stringContaining(`:${testEnvironment.accountId}:user/`) },
		]);
	});
});
