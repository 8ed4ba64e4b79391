import { z } from "zod";
import { streamNames } from "../etl/contract/contract.ts";
import { isTimezone } from "../etl/contract/pipeline/values.ts";
import { divideRange, rangesOverlap } from "./network/subnets.ts";

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
const list = (item: z.ZodString): z.ZodArray<z.ZodString> => z.array(item, "is not a list");

const arnOf = (service: string): RegExp => new RegExp(`^arn:[a-z-]+:${service}:[a-z0-9-]+:\\d{12}:.+$`);
const cidrForm = /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/;
const cidr = matching(cidrForm, "is not an IPv4 range such as 10.40.0.0/16");
const streamName = matching(/^[a-zA-Z0-9_.-]{1,64}$/, "is not a name of up to 64 letters, digits, _, . and -");

/** Each key: what it may be, and a value that would do, for the hint. `Pulumi.yaml` has type, default and description. */
const keys = {
	pipeline: [
		matching(/^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/, "is not a folder below the project's, with / between its parts"),
		"pipelines/shop",
	],
	disposable: [flag, "true"],
	notificationEmail: [optional(matching(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, "is not a mail address")), "you@example.com"],
	monthlyBudgetUsd: [integer(0, 1_000_000), "300"],
	logRetentionDays: [
		integer(1, 731).refine((days) => retentions.includes(days), `is not one of ${retentions.join(", ")}`),
		"30",
	],
	vpcCidr: [
		cidr.superRefine((range, context) => {
			const reason = vpcRangeError(range);
			if (reason !== undefined) context.addIssue({ code: "custom", message: reason });
		}),
		"10.40.0.0/16",
	],
	vpcId: [optional(matching(/^vpc-[0-9a-f]+$/, "is not a VPC identifier")), "vpc-0123456789abcdef0"],
	privateSubnetIds: [
		list(matching(/^subnet-[0-9a-f]+$/, "is not a subnet identifier")),
		"subnet-…, and [1], [2] likewise",
	],
	routeTableIds: [list(matching(/^rtb-[0-9a-f]+$/, "is not a route table identifier")), "rtb-…"],
	endpointZones: [integer(1, 3), "1"],
	sourceKind: [choice("external", "rds", "ec2"), "rds"],
	sourceEngine: [choice("mysql", "mariadb"), "mysql"],
	sourceHost: [optional(matching(/^[A-Za-z0-9.-]+$/, "is not a host name or address")), "mysql.example.com"],
	sourcePort: [integer(1, 65535), "3306"],
	sourceSecretArn: [
		optional(matching(arnOf("secretsmanager"), "is not an ARN of a secret")),
		"arn:aws:secretsmanager:…:secret:…",
	],
	sourceCidr: [optional(cidr), "10.1.2.0/24"],
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
		optional(matching(/^(definition|(rate|cron)\([^()]+\))$/, "is neither definition, rate(…) nor cron(…)")),
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
		list(matching(arnOf("quicksight"), "is not an ARN of a QuickSight user or group")),
		"arn:aws:quicksight:…:user/default/…",
	],
	quickSightSubscribe: [flag, "false"],
	quickSightAccountName: [optional(matching(/^[a-z0-9][a-z0-9-]{0,61}$/, "is not an account name")), "my-company"],
	alarmLatencySeconds: [integer(60, 86_400), "300"],
	alarmFreeStorageGb: [integer(1, 1000), "5"],
} as const;

export type ConfigKey = keyof typeof keys;
export const configKeys = Object.keys(keys) as ConfigKey[];

const schema = z.object(
	Object.fromEntries(configKeys.map((key) => [key, keys[key][0]])) as { [K in ConfigKey]: (typeof keys)[K][0] },
);

/** The configuration of a stack, checked. */
export type PipelineConfig = z.infer<typeof schema>;

/** Where the source listens: of those that the stack makes, MySQL's own port. */
export function sourcePort({ sourceKind, sourcePort: port }: PipelineConfig): number {
	return sourceKind === "external" ? port : 3306;
}

/** One wrong value. */
interface ConfigError {
	key: ConfigKey;
	reason: string;
	fix: string;
}

/**
 * The stack's configuration from the values of its keys.
 *
 * @throws Error that names every wrong key with its value, the reason, and what to do about it.
 */
export function parseConfig(values: Readonly<Record<string, unknown>>): PipelineConfig {
	const wrong: ConfigError[] = [];
	const taken = configKeys.map((key) => {
		const { data, error } = schema.shape[key].safeParse(values[key]);
		for (const { message } of error?.issues ?? []) wrong.push({ key, reason: message, fix: hint(key) });
		return [key, data];
	});
	const config = Object.fromEntries(taken) as PipelineConfig;
	// Keys are checked against each other only where each is right by itself.
	const known = (key: ConfigKey): boolean => !wrong.some((error) => error.key === key);
	const applicable = crossFieldRules.filter(({ keys: compared }) => compared.every(known));
	const errors = [...wrong, ...applicable.flatMap((rule) => rule.errors(config))];
	if (errors.length === 0) return config;
	const lines = errors.map(({ key, reason, fix }) => `  ${key}: ${JSON.stringify(values[key])} ${reason}. ${fix}`);
	throw new Error(
		`The configuration of the stack has ${errors.length === 1 ? "an error" : `${errors.length} errors`}:\n${lines.join("\n")}`,
	);
}

/**
 * How to set a key. A list is set item by item: as one text, the engine would refuse it for its type.
 * https://www.pulumi.com/docs/iac/cli/commands/pulumi_config_set/
 */
export function hint(key: ConfigKey, example: string = keys[key][1]): string {
	const place = keys[key][0] instanceof z.ZodArray ? `--path '${key}[0]'` : key;
	return `Set it: pulumi config set ${place} ${example}`;
}

/** A check of several keys against each other. */
interface CrossFieldRule {
	keys: readonly ConfigKey[];
	errors: (config: PipelineConfig) => ConfigError[];
}

const errorIf = (wrong: boolean, key: ConfigKey, reason: string, fix = hint(key)): ConfigError[] =>
	wrong ? [{ key, reason, fix }] : [];

const externalKeys = ["sourceHost", "sourceSecretArn", "sourceCidr", "sourceCaCertificateFile"] as const;

const crossFieldRules: readonly CrossFieldRule[] = [
	{
		keys: ["vpcId", "privateSubnetIds", "routeTableIds"],
		errors: ({ vpcId, privateSubnetIds: subnets, routeTableIds: tables }) =>
			vpcId === undefined
				? [
						...errorIf(subnets.length > 0, "privateSubnetIds", "is set, and vpcId is not", hint("vpcId")),
						...errorIf(tables.length > 0, "routeTableIds", "is set, and vpcId is not", hint("vpcId")),
					]
				: [
						...errorIf(subnets.length !== 3, "privateSubnetIds", "are not three, as vpcId requires"),
						...errorIf(tables.length === 0, "routeTableIds", "is empty, and vpcId is set"),
					],
	},
	...externalKeys.map(
		(key): CrossFieldRule => ({
			keys: ["sourceKind", key],
			errors: ({ sourceKind, [key]: value }) => {
				const taken = sourceKind === "external" || (sourceKind === "rds" && key === "sourceSecretArn");
				const external = hint("sourceKind", "external");
				return [
					...errorIf(sourceKind === "external" && value === undefined, key, "is not set, and sourceKind is external"),
					...errorIf(!taken && value !== undefined, key, `is set, and sourceKind is ${sourceKind}`, external),
				];
			},
		}),
	),
	{
		keys: ["sourceKind", "databaseInstanceClass"],
		errors: ({ sourceKind, databaseInstanceClass }) => {
			const isRdsClass = databaseInstanceClass.startsWith("db.");
			const key = "databaseInstanceClass";
			return [
				...errorIf(sourceKind === "rds" && !isRdsClass, key, "is not a class of RDS, and sourceKind is rds"),
				...errorIf(
					sourceKind === "ec2" && isRdsClass,
					key,
					"is a class of RDS, and sourceKind is ec2",
					hint(key, "t4g.small"),
				),
			];
		},
	},
	{
		keys: ["jobExecutionClass", "jobWorkerType"],
		errors: ({ jobExecutionClass, jobWorkerType }) =>
			errorIf(
				jobExecutionClass === "FLEX" && !["G.1X", "G.2X"].includes(jobWorkerType),
				"jobWorkerType",
				"cannot run as FLEX",
			),
	},
	{
		keys: ["warehouseKind", "warehouseNodes", "warehouseNodeType"],
		errors: ({ warehouseKind, warehouseNodes: nodes, warehouseNodeType: type }) =>
			errorIf(
				warehouseKind === "provisioned" && nodes < 2 && /(4|16)xlarge$/.test(type),
				"warehouseNodes",
				`is too few for ${type}`,
			),
	},
	{
		keys: ["dashboards", "warehouseKind"],
		errors: ({ dashboards, warehouseKind }) =>
			errorIf(
				dashboards === "warehouse" && warehouseKind === "none",
				"dashboards",
				"needs a warehouse, and warehouseKind is none",
			),
	},
	{
		keys: ["dashboards", "quickSightPrincipals"],
		errors: ({ dashboards, quickSightPrincipals: { length: owners } }) =>
			errorIf(
				dashboards !== "none" && (owners < 1 || owners > 20),
				"quickSightPrincipals",
				"are not 1 to 20, and dashboards need owners",
			),
	},
	...(["quickSightAccountName", "notificationEmail"] as const).map(
		(key): CrossFieldRule => ({
			keys: ["quickSightSubscribe", key],
			errors: ({ quickSightSubscribe, [key]: value }) =>
				errorIf(quickSightSubscribe && value === undefined, key, "is not set, and quickSightSubscribe is true"),
		}),
	),
];

/** Of a range that has the form of one. */
function vpcRangeError(range: string): string | undefined {
	if (!cidrForm.test(range)) return undefined;
	const prefix = Number(range.split("/")[1]);
	if (prefix < 16 || prefix > 24) return "is not between /16 and /24";
	// https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReplicationInstance.VPC.html
	if (rangesOverlap(range, "192.168.0.0/24")) return "touches 192.168.0.0/24, which DMS keeps for itself";
	try {
		divideRange(range, 3);
		return undefined;
	} catch {
		return "is not an IPv4 range such as 10.40.0.0/16";
	}
}
