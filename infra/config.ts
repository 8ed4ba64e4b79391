import { z } from "zod";
import { streamNames } from "../etl/contract/contract.ts";
import { scheduleFault } from "../etl/contract/pipeline/eventBridge.ts";
import { isTimezone } from "../etl/contract/pipeline/values.ts";
import { hostFault } from "./network/hosts.ts";
import { rangeFault, vpcRangeFault } from "./network/subnets.ts";

/** CloudWatch Logs takes these retentions only. */
const retentions = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731];

const flag = z.boolean("is neither true nor false");
const integer = (min: number, max: number): z.ZodNumber =>
	z.int("is not a whole number").min(min, `is less than ${min}`).max(max, `is more than ${max}`);
const choice = <const T extends readonly string[]>(...values: T): z.ZodEnum<{ [K in T[number]]: K }> =>
	z.enum(values, `is not one of ${values.join(", ")}`);
const matching = (pattern: RegExp, reason: string): z.ZodString => z.string("is not text").regex(pattern, reason);
/** Text that may be left out; an empty value in Pulumi.yaml is none. */
const optional = <T extends z.ZodType<string>>(schema: T) =>
	z.preprocess((value) => (value === "" ? undefined : value), schema.optional());
const list = (item: z.ZodString): z.ZodArray<z.ZodString> =>
	z.array(item, "is not a list").refine((items) => new Set(items).size === items.length, "contains an item twice");
/** Text of which a function says what is wrong with it, if anything. */
const faultless = (fault: (text: string) => string | undefined): z.ZodString =>
	z.string("is not text").superRefine((text, context) => {
		const message = fault(text);
		if (message !== undefined) context.addIssue({ code: "custom", message });
	});

const arnOf = (service: string, resource: string): RegExp =>
	new RegExp(`^arn:[a-z-]+:${service}:[a-z0-9-]+:\\d{12}:${resource}$`);
const streamName = matching(/^[a-zA-Z0-9_.-]{1,64}$/, "is not a valid name: up to 64 letters, digits, _, . and -");

/** A source has its own range of addresses, not everybody's. */
const sourceRangeFault = (range: string): string | undefined =>
	rangeFault(range) ?? (Number(range.split("/")[1]) < 8 ? "is wider than /8" : undefined);

/** Each key: what it may be, and a value that would do, for the hint. `Pulumi.yaml` has type, default and description. */
const keys = {
	pipeline: [
		matching(/^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/, "is not a folder inside the project, with / between its parts"),
		"pipelines/shop",
	],
	disposable: [flag, "true"],
	notificationEmail: [optional(matching(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, "is not an email address")), "you@example.com"],
	monthlyBudgetUsd: [integer(0, 1_000_000), "300"],
	logRetentionDays: [
		integer(1, 731).refine((days) => retentions.includes(days), `is not one of ${retentions.join(", ")}`),
		"30",
	],
	vpcCidr: [faultless(vpcRangeFault), "10.40.0.0/16"],
	vpcId: [optional(matching(/^vpc-[0-9a-f]+$/, "is not a VPC identifier")), "vpc-0123456789abcdef0"],
	privateSubnetIds: [
		list(matching(/^subnet-[0-9a-f]+$/, "is not a subnet identifier")),
		"subnet-…, and [1], [2] likewise",
	],
	routeTableIds: [list(matching(/^rtb-[0-9a-f]+$/, "is not a route table identifier")), "rtb-…"],
	endpointZones: [integer(1, 3), "1"],
	sourceKind: [choice("external", "rds", "ec2"), "rds"],
	sourceEngine: [choice("mysql", "mariadb"), "mysql"],
	sourceHost: [optional(faultless(hostFault)), "mysql.example.com"],
	sourcePort: [integer(1, 65535), "3306"],
	sourceSecretArn: [
		// Without the six characters that AWS adds to a name, no policy fits it.
		optional(
			matching(
				arnOf("secretsmanager", "secret:[\\w/+=.@-]+-[A-Za-z0-9]{6}"),
				"is not the complete ARN of a secret, including its last six characters",
			),
		),
		"arn:aws:secretsmanager:…:secret:…",
	],
	sourceCidr: [optional(faultless(sourceRangeFault)), "10.1.2.0/24"],
	sourceTimeZone: [
		optional(z.string("is not text").refine(isTimezone, "is not a time zone such as Asia/Kolkata")),
		"Asia/Kolkata",
	],
	sourceCaCertificateFile: [optional(z.string("is not text")), "source-ca.pem"],
	databaseInstanceClass: [matching(/^(db\.)?[a-z0-9]+\.[a-z0-9]+$/, "is not an instance class"), "db.t4g.micro"],
	databaseStorageGb: [integer(20, 65_536), "20"],
	databaseMultiAz: [flag, "true"],
	binlogRetentionHours: [integer(24, 168), "24"],
	replicationInstanceClass: [matching(/^dms\.[a-z0-9]+\.[a-z0-9]+$/, "is not a DMS instance class"), "dms.t3.medium"],
	replicationStorageGb: [integer(5, 6144), "50"],
	replicationMultiAz: [flag, "true"],
	replicationEngineVersion: [optional(matching(/^\d+\.\d+\.\d+$/, "is not a version such as 3.6.1")), "3.6.1"],
	replicationTarget: [choice("s3", "kinesis"), "kinesis"],
	cdcMaxBatchSeconds: [integer(1, 3600), "60"],
	clickstreamName: [streamName, streamNames.clicks],
	clickstreamDeliveryName: [streamName, streamNames.clickDelivery],
	clickstreamRetentionHours: [integer(24, 8760), "24"],
	jobWorkerType: [choice("G.1X", "G.2X", "G.4X", "G.8X", "R.1X", "R.2X", "R.4X", "R.8X"), "G.1X"],
	jobMaxWorkers: [integer(2, 299), "5"],
	jobExecutionClass: [choice("STANDARD", "FLEX"), "FLEX"],
	jobTimeoutMinutes: [integer(5, 2880), "60"],
	jobRetries: [integer(0, 5), "1"],
	jobMetrics: [flag, "true"],
	jobsReadSource: [flag, "true"],
	schedule: [
		optional(faultless((text) => (text === "definition" ? undefined : scheduleFault(text)))),
		'"rate(1 hour)"',
	],
	lakeFormation: [flag, "false"],
	athenaScanLimitGb: [integer(1, 7000), "10"],
	warehouseKind: [choice("serverless", "provisioned", "none"), "serverless"],
	warehouseBaseCapacity: [
		integer(4, 512).refine((units) => units === 4 || units % 8 === 0, "is neither 4 nor a multiple of 8"),
		"8",
	],
	warehouseNodeType: [choice("ra3.large", "ra3.xlplus", "ra3.4xlarge", "ra3.16xlarge"), "ra3.large"],
	warehouseNodes: [integer(1, 128), "2"],
	dashboards: [choice("none", "athena", "warehouse"), "athena"],
	dashboardsReady: [flag, "true"],
	quickSightPrincipals: [
		list(matching(arnOf("quicksight", "(user|group)/.+"), "is not an ARN of a QuickSight user or group")),
		"arn:aws:quicksight:…:user/default/…",
	],
	quickSightSubscribe: [flag, "false"],
	quickSightAccountName: [optional(matching(/^[a-z0-9][a-z0-9-]{0,61}$/, "is not an account name")), "my-company"],
	alarmLatencySeconds: [integer(60, 86_400), "300"],
	alarmFreeStorageGb: [integer(1, 1000), "5"],
} as const;

export type ConfigKey = keyof typeof keys;
export const configKeys = Object.keys(keys) as ConfigKey[];

/** What each key may be. */
export const keySchemas = Object.fromEntries(configKeys.map((key) => [key, keys[key][0]])) as {
	[K in ConfigKey]: (typeof keys)[K][0];
};

/** The configuration of a stack, checked. */
export type PipelineConfig = { [K in ConfigKey]: z.infer<(typeof keys)[K][0]> };

/** Where the source listens: of those that the stack makes, MySQL's own port. */
export function sourcePort({ sourceKind, sourcePort: port }: PipelineConfig): number {
	return sourceKind === "external" ? port : 3306;
}

/**
 * How to set a key. A list is set item by item: as one text, the engine would refuse it for its type.
 * https://www.pulumi.com/docs/iac/cli/commands/pulumi_config_set/
 */
export function hint(key: ConfigKey, example: string = keys[key][1]): string {
	const place = keys[key][0] instanceof z.ZodArray ? `--path '${key}[0]'` : key;
	return `Set it: pulumi config set ${place} ${example}`;
}
