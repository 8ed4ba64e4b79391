import { describe, expect, it } from "vitest";
import { streamNames } from "../etl/contract/contract.ts";
import { configKeys } from "./config.ts";
import { declaredKeys } from "./declaredKeys.ts";
import { parseConfig } from "./parseConfig.ts";
import { stackValues } from "./testing/stack.ts";
import { wrongForms } from "./testing/wrongForms.ts";

const dev = stackValues("dev");

/** The message of the error. @throws Error where there is none */
function messageOf(changes: Record<string, unknown>): string {
	try {
		parseConfig({ ...dev, ...changes });
	} catch (error) {
		return (error as Error).message;
	}
	throw new Error("the configuration was taken");
}

describe("the stacks' files", () => {
	it.each(["dev", "prod"])("%s is taken", (stack) => {
		expect(() => parseConfig(stackValues(stack))).not.toThrow();
	});

	it("declare every key of the program, with type and description, and no other", () => {
		expect(Object.keys(declaredKeys()).sort()).toEqual([...configKeys].sort());
		for (const [key, declared] of Object.entries(declaredKeys())) {
			expect(declared, key).toMatchObject({
				type: expect.any(String),
				description: expect.stringMatching(/^.{20,}\.$/),
			});
			const type = Array.isArray(declared.default) ? "array" : typeof declared.default;
			expect(type.replace("number", "integer"), key).toBe(declared.type);
		}
	});

	it("name the streams as the local stack does, where nothing else is said", () => {
		const { clickstreamName, clickstreamDeliveryName } = declaredKeys();
		expect([clickstreamName?.default, clickstreamDeliveryName?.default]).toEqual([
			streamNames.clicks,
			streamNames.clickDelivery,
		]);
	});

	it("take empty text for what is left out", () => {
		expect(parseConfig(dev)).toMatchObject({ disposable: true, warehouseKind: "none" });
		expect(parseConfig(dev).vpcId).toBeUndefined();
		expect(parseConfig(dev).schedule).toBeUndefined();
	});
});

/** A wrong value, and the whole line that says so. */
const wrongValues: [string, Record<string, unknown>, string][] = [
	[
		"disposable",
		{ disposable: "perhaps" },
		'"perhaps" is neither true nor false. Set it: pulumi config set disposable true',
	],
	[
		"pipeline",
		{ pipeline: "../shop" },
		'"../shop" is not a folder inside the project, with / between its parts. Set it: pulumi config set pipeline pipelines/shop',
	],
	[
		"notificationEmail",
		{ notificationEmail: "nobody" },
		'"nobody" is not an email address. Set it: pulumi config set notificationEmail you@example.com',
	],
	["monthlyBudgetUsd", { monthlyBudgetUsd: -1 }, "-1 is less than 0. Set it: pulumi config set monthlyBudgetUsd 300"],
	[
		"logRetentionDays",
		{ logRetentionDays: 8 },
		"8 is not one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731. Set it: pulumi config set logRetentionDays 30",
	],
	[
		"vpcCidr",
		{ vpcCidr: "10.40.0.0" },
		'"10.40.0.0" is not an IPv4 range such as 10.40.0.0/16. Set it: pulumi config set vpcCidr 10.40.0.0/16',
	],
	[
		"vpcCidr",
		{ vpcCidr: "10.0.0.0/8" },
		'"10.0.0.0/8" is not between /16 and /24. Set it: pulumi config set vpcCidr 10.40.0.0/16',
	],
	[
		"vpcCidr",
		{ vpcCidr: "192.168.0.0/16" },
		'"192.168.0.0/16" touches 192.168.0.0/24, which DMS reserves. Set it: pulumi config set vpcCidr 10.40.0.0/16',
	],
	[
		"vpcCidr",
		{ vpcCidr: "10.40.0.1/16" },
		'"10.40.0.1/16" does not start at its network address, 10.40.0.0. Set it: pulumi config set vpcCidr 10.40.0.0/16',
	],
	[
		"privateSubnetIds",
		{ vpcId: "vpc-0a", routeTableIds: ["rtb-0a"], privateSubnetIds: ["subnet-0a"] },
		"[\"subnet-0a\"] must have three entries, because vpcId is set. Set it: pulumi config set --path 'privateSubnetIds[0]' subnet-…, and [1], [2] likewise",
	],
	[
		"routeTableIds",
		{ vpcId: "vpc-0a", privateSubnetIds: ["subnet-0a", "subnet-0b", "subnet-0c"] },
		"[] is empty, but vpcId is set. Set it: pulumi config set --path 'routeTableIds[0]' rtb-…",
	],
	[
		"routeTableIds",
		{ routeTableIds: ["rtb-0a"] },
		'["rtb-0a"] is set, but vpcId is not. Set it: pulumi config set vpcId vpc-0123456789abcdef0',
	],
	["endpointZones", { endpointZones: 4 }, "4 is more than 3. Set it: pulumi config set endpointZones 1"],
	[
		"sourceKind",
		{ sourceKind: "aurora" },
		'"aurora" is not one of external, rds, ec2. Set it: pulumi config set sourceKind rds',
	],
	[
		"sourceHost",
		{ sourceHost: "db.example.com" },
		'"db.example.com" is set, but sourceKind is ec2. Set it: pulumi config set sourceKind external',
	],
	[
		"databaseInstanceClass",
		{ databaseInstanceClass: "db.t4g.micro" },
		'"db.t4g.micro" is an RDS instance class, but sourceKind is ec2. Set it: pulumi config set databaseInstanceClass t4g.small',
	],
	[
		"databaseInstanceClass",
		{ sourceKind: "rds" },
		'"t4g.small" is not an RDS instance class, but sourceKind is rds. Set it: pulumi config set databaseInstanceClass db.t4g.micro',
	],
	[
		"databaseInstanceClass",
		{ databaseInstanceClass: "t3.small" },
		'"t3.small" does not have an Arm processor, which sourceKind ec2 requires. Set it: pulumi config set databaseInstanceClass t4g.small',
	],
	[
		"databaseInstanceClass",
		{ databaseInstanceClass: "g4dn.xlarge" },
		'"g4dn.xlarge" does not have an Arm processor, which sourceKind ec2 requires. Set it: pulumi config set databaseInstanceClass t4g.small',
	],
	[
		"sourcePort",
		{ sourcePort: 3307 },
		"3307 is set, but sourceKind is ec2. Set it: pulumi config set sourceKind external",
	],
	[
		"sourceEngine",
		{ sourceEngine: "mariadb" },
		'"mariadb" is set, but sourceKind is ec2. Set it: pulumi config set sourceKind external',
	],
	[
		"replicationEngineVersion",
		{ sourceKind: "rds", databaseInstanceClass: "db.t4g.micro", replicationEngineVersion: "3.5.3" },
		'"3.5.3" does not support MySQL 8.4, which sourceKind rds creates. Set it: pulumi config set replicationEngineVersion 3.6.1',
	],
	[
		"binlogRetentionHours",
		{ binlogRetentionHours: 12 },
		"12 is less than 24. Set it: pulumi config set binlogRetentionHours 24",
	],
	[
		"replicationInstanceClass",
		{ replicationInstanceClass: "t3.small" },
		'"t3.small" is not a DMS instance class. Set it: pulumi config set replicationInstanceClass dms.t3.medium',
	],
	[
		"replicationEngineVersion",
		{ replicationEngineVersion: "newest" },
		'"newest" is not a version such as 3.6.1. Set it: pulumi config set replicationEngineVersion 3.6.1',
	],
	[
		"cdcMaxBatchSeconds",
		{ cdcMaxBatchSeconds: 1.5 },
		"1.5 is not a whole number. Set it: pulumi config set cdcMaxBatchSeconds 60",
	],
	[
		"clickstreamName",
		{ clickstreamName: "a b" },
		'"a b" is not a valid name: up to 64 letters, digits, _, . and -. Set it: pulumi config set clickstreamName kds-clickstream-data',
	],
	[
		"jobWorkerType",
		{ jobWorkerType: "G.8X" },
		'"G.8X" cannot run as FLEX. Set it: pulumi config set jobWorkerType G.1X',
	],
	[
		"alarmFreeStorageGb",
		{ alarmFreeStorageGb: 20 },
		"20 is not less than replicationStorageGb, 20, so its alarm would never end. Set it: pulumi config set alarmFreeStorageGb 5",
	],
	[
		"alarmFreeStorageGb",
		{ sourceKind: "rds", databaseInstanceClass: "db.t4g.micro", replicationStorageGb: 50, alarmFreeStorageGb: 30 },
		"30 is not less than databaseStorageGb, 20, so its alarm would never end. Set it: pulumi config set alarmFreeStorageGb 5",
	],
	[
		"schedule",
		{ schedule: "hourly" },
		'"hourly" is neither definition, rate(…) nor cron(…). Set it: pulumi config set schedule "rate(1 hour)"',
	],
	[
		"warehouseBaseCapacity",
		{ warehouseBaseCapacity: 12 },
		"12 is neither 4 nor a multiple of 8. Set it: pulumi config set warehouseBaseCapacity 8",
	],
	[
		"warehouseNodes",
		{ warehouseKind: "provisioned", warehouseNodeType: "ra3.4xlarge" },
		"1 is too few for ra3.4xlarge. Set it: pulumi config set warehouseNodes 2",
	],
	[
		"warehouseNodes",
		{ warehouseKind: "provisioned", warehouseNodeType: "ra3.large", warehouseNodes: 17 },
		"17 is more than 16, the maximum for ra3.large. Set it: pulumi config set warehouseNodes 2",
	],
	[
		"dashboards",
		{ dashboards: "warehouse", quickSightPrincipals: ["arn:aws:quicksight:eu-west-1:111122223333:user/default/a"] },
		'"warehouse" needs a warehouse, but warehouseKind is none. Set it: pulumi config set dashboards athena',
	],
	[
		"quickSightPrincipals",
		{ dashboards: "athena" },
		"[] must have 1 to 20 entries, because dashboards need owners. Set it: pulumi config set --path 'quickSightPrincipals[0]' arn:aws:quicksight:…:user/default/…",
	],
	[
		"quickSightAccountName",
		{ quickSightSubscribe: true, notificationEmail: "a@example.com" },
		'"" is not set, but quickSightSubscribe is true. Set it: pulumi config set quickSightAccountName my-company',
	],
];

describe("a wrong value", () => {
	it("is in these tables for every key", () => {
		const reported = new Set<string>([...wrongValues, ...wrongForms].map(([key]) => key));
		expect(configKeys.filter((key) => !reported.has(key))).toEqual([]);
	});

	it.each(wrongForms)("of %s, %j, is named by its form", (key, value, reason) => {
		expect(messageOf({ [key]: value })).toMatch(
			`The configuration of the stack has an error:\n  ${key}: ${JSON.stringify(value)} ${reason}. Set it: pulumi config set `,
		);
	});

	it("is a subscription without an address for its notices, too", () => {
		expect(messageOf({ quickSightSubscribe: true, quickSightAccountName: "my-company" })).toBe(
			'The configuration of the stack has an error:\n  notificationEmail: "" is not set, but quickSightSubscribe is true. ' +
				"Set it: pulumi config set notificationEmail you@example.com",
		);
	});

	it.each(wrongValues)("of %s %j is named with reason and fix", (key, changes, line) => {
		expect(messageOf(changes)).toBe(`The configuration of the stack has an error:\n  ${key}: ${line}`);
	});

	it("is named beside all others", () => {
		expect(messageOf({ endpointZones: 9, jobRetries: -1, sourceKind: "aurora" }).split("\n")).toEqual([
			"The configuration of the stack has 3 errors:",
			"  endpointZones: 9 is more than 3. Set it: pulumi config set endpointZones 1",
			'  sourceKind: "aurora" is not one of external, rds, ec2. Set it: pulumi config set sourceKind rds',
			"  jobRetries: -1 is less than 0. Set it: pulumi config set jobRetries 1",
		]);
	});

	it("is named beside those that do not fit each other, of which it is none", () => {
		const wrong = { jobWorkerType: "G.8X", sourceKind: "aurora", sourceHost: "db.example.com", endpointZones: 9 };
		expect(messageOf(wrong).split("\n")).toEqual([
			"The configuration of the stack has 3 errors:",
			"  endpointZones: 9 is more than 3. Set it: pulumi config set endpointZones 1",
			'  sourceKind: "aurora" is not one of external, rds, ec2. Set it: pulumi config set sourceKind rds',
			'  jobWorkerType: "G.8X" cannot run as FLEX. Set it: pulumi config set jobWorkerType G.1X',
		]);
	});

	it("is not a secret of one's own for a database on RDS, but is one for the server that brings its own", () => {
		const secret = { sourceSecretArn: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-AbCdEf" };
		const rds = { sourceKind: "rds", databaseInstanceClass: "db.t4g.micro" };
		expect(parseConfig({ ...dev, ...rds, ...secret })).toMatchObject(secret);
		expect(messageOf(secret)).toContain("is set, but sourceKind is ec2. Set it: pulumi config set sourceKind external");
	});

	const external = {
		sourceKind: "external",
		databaseInstanceClass: "db.t4g.micro",
		sourceHost: "10.1.2.7",
		sourceCidr: "10.1.2.0/24",
		sourceSecretArn: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-AbCdEf",
		sourceCaCertificateFile: "source-ca.pem",
	};

	it("is a range of the network that has the source's addresses, or a range of the source without its server", () => {
		expect(parseConfig({ ...dev, ...external })).toMatchObject(external);
		expect(messageOf({ ...external, vpcCidr: "10.1.0.0/16" })).toContain(
			'vpcCidr: "10.1.0.0/16" overlaps sourceCidr, 10.1.2.0/24, so the source would be unreachable.',
		);
		expect(messageOf({ ...external, sourceHost: "10.1.3.7" })).toContain(
			'sourceCidr: "10.1.2.0/24" does not contain the sourceHost 10.1.3.7.',
		);
	});

	it("is every key that an external source lacks", () => {
		expect(messageOf({ sourceKind: "external" }).match(/^ {2}\w+/gm)).toEqual([
			"  sourceHost",
			"  sourceSecretArn",
			"  sourceCidr",
			"  sourceCaCertificateFile",
		]);
	});
});
