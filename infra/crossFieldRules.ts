import { isIPv4 } from "node:net";
import { type ConfigKey, hint, type PipelineConfig } from "./config.ts";
import { rangesOverlap } from "./network/subnets.ts";
import { isBefore } from "./shared/versions.ts";

/** One wrong value. */
export interface ConfigError {
	key: ConfigKey;
	reason: string;
	fix: string;
}

/** A check of several keys against each other. */
export interface CrossFieldRule {
	keys: readonly ConfigKey[];
	errors: (config: PipelineConfig) => ConfigError[];
}

const errorIf = (wrong: boolean, key: ConfigKey, reason: string, fix = hint(key)): ConfigError[] =>
	wrong ? [{ key, reason, fix }] : [];

/** What a key is where nobody has set it, of those that only an external source takes. */
const usual = { sourceEngine: "mysql", sourcePort: 3306 } as const;

/** Families of AWS's own processors, by which their names have a g behind the number. */
const arm = /^(a1|[a-z]+\d+g[a-z]*)\./;

/** Nodes that a cluster can be made with. https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-clusters.html */
const nodeRange = {
	"ra3.large": [1, 16],
	"ra3.xlplus": [1, 16],
	"ra3.4xlarge": [2, 32],
	"ra3.16xlarge": [2, 128],
} as const satisfies Record<PipelineConfig["warehouseNodeType"], readonly [number, number]>;

const externalKeys = ["sourceHost", "sourceSecretArn", "sourceCidr", "sourceCaCertificateFile"] as const;

export const crossFieldRules: readonly CrossFieldRule[] = [
	{
		keys: ["vpcId", "privateSubnetIds", "routeTableIds"],
		errors: ({ vpcId, privateSubnetIds: subnets, routeTableIds: tables }) =>
			vpcId === undefined
				? [
						...errorIf(subnets.length > 0, "privateSubnetIds", "is set, but vpcId is not", hint("vpcId")),
						...errorIf(tables.length > 0, "routeTableIds", "is set, but vpcId is not", hint("vpcId")),
					]
				: [
						...errorIf(subnets.length !== 3, "privateSubnetIds", "must have three entries, because vpcId is set"),
						...errorIf(tables.length === 0, "routeTableIds", "is empty, but vpcId is set"),
					],
	},
	...externalKeys.map(
		(key): CrossFieldRule => ({
			keys: ["sourceKind", key],
			errors: ({ sourceKind, [key]: value }) => {
				const taken = sourceKind === "external" || (sourceKind === "rds" && key === "sourceSecretArn");
				const external = hint("sourceKind", "external");
				return [
					...errorIf(sourceKind === "external" && value === undefined, key, "is not set, but sourceKind is external"),
					...errorIf(!taken && value !== undefined, key, `is set, but sourceKind is ${sourceKind}`, external),
				];
			},
		}),
	),
	...(["sourceEngine", "sourcePort"] as const).map(
		(key): CrossFieldRule => ({
			keys: ["sourceKind", key],
			errors: ({ sourceKind, [key]: value }) =>
				errorIf(
					sourceKind !== "external" && value !== usual[key],
					key,
					`is set, but sourceKind is ${sourceKind}`,
					hint("sourceKind", "external"),
				),
		}),
	),
	{
		keys: ["sourceCidr", "vpcCidr", "vpcId"],
		errors: ({ sourceCidr, vpcCidr, vpcId }) =>
			errorIf(
				sourceCidr !== undefined && vpcId === undefined && rangesOverlap(sourceCidr, vpcCidr),
				"vpcCidr",
				`overlaps sourceCidr, ${sourceCidr}, so the source would be unreachable`,
			),
	},
	{
		keys: ["sourceHost", "sourceCidr"],
		errors: ({ sourceHost, sourceCidr }) =>
			errorIf(
				sourceHost !== undefined &&
					sourceCidr !== undefined &&
					isIPv4(sourceHost) &&
					!rangesOverlap(`${sourceHost}/32`, sourceCidr),
				"sourceCidr",
				`does not contain the sourceHost ${sourceHost}`,
			),
	},
	{
		keys: ["sourceKind", "replicationEngineVersion"],
		errors: ({ sourceKind, replicationEngineVersion: version }) =>
			errorIf(
				sourceKind === "rds" && version !== undefined && isBefore(version, "3.5.4"),
				"replicationEngineVersion",
				"does not support MySQL 8.4, which sourceKind rds creates",
			),
	},
	{
		keys: ["sourceKind", "databaseInstanceClass"],
		errors: ({ sourceKind, databaseInstanceClass }) => {
			const isRdsClass = databaseInstanceClass.startsWith("db.");
			const key = "databaseInstanceClass";
			return [
				...errorIf(sourceKind === "rds" && !isRdsClass, key, "is not an RDS instance class, but sourceKind is rds"),
				...errorIf(
					sourceKind === "ec2" && isRdsClass,
					key,
					"is an RDS instance class, but sourceKind is ec2",
					hint(key, "t4g.small"),
				),
				...errorIf(
					sourceKind === "ec2" && !isRdsClass && !arm.test(databaseInstanceClass),
					key,
					"does not have an Arm processor, which sourceKind ec2 requires",
					hint(key, "t4g.small"),
				),
			];
		},
	},
	{
		keys: ["alarmFreeStorageGb", "replicationStorageGb", "sourceKind", "databaseStorageGb"],
		errors: ({ alarmFreeStorageGb: free, replicationStorageGb, sourceKind, databaseStorageGb }) => {
			const key = "alarmFreeStorageGb";
			return [
				...errorIf(
					free >= replicationStorageGb,
					key,
					`is not less than replicationStorageGb, ${replicationStorageGb}, so its alarm would never end`,
				),
				...errorIf(
					sourceKind === "rds" && free >= databaseStorageGb,
					key,
					`is not less than databaseStorageGb, ${databaseStorageGb}, so its alarm would never end`,
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
		errors: ({ warehouseKind, warehouseNodes: nodes, warehouseNodeType: type }) => {
			const [least, most] = nodeRange[type];
			if (warehouseKind !== "provisioned") return [];
			return [
				...errorIf(nodes < least, "warehouseNodes", `is too few for ${type}`),
				...errorIf(nodes > most, "warehouseNodes", `is more than ${most}, the maximum for ${type}`),
			];
		},
	},
	{
		keys: ["dashboards", "warehouseKind"],
		errors: ({ dashboards, warehouseKind }) =>
			errorIf(
				dashboards === "warehouse" && warehouseKind === "none",
				"dashboards",
				"needs a warehouse, but warehouseKind is none",
			),
	},
	{
		keys: ["dashboards", "quickSightPrincipals"],
		errors: ({ dashboards, quickSightPrincipals: { length: owners } }) =>
			errorIf(
				dashboards !== "none" && (owners < 1 || owners > 20),
				"quickSightPrincipals",
				"must have 1 to 20 entries, because dashboards need owners",
			),
	},
	...(["quickSightAccountName", "notificationEmail"] as const).map(
		(key): CrossFieldRule => ({
			keys: ["quickSightSubscribe", key],
			errors: ({ quickSightSubscribe, [key]: value }) =>
				errorIf(quickSightSubscribe && value === undefined, key, "is not set, but quickSightSubscribe is true"),
		}),
	),
];
