import { readFileSync } from "node:fs";
import type { PipelineConfig } from "./config.ts";

/** From the keys of the configuration to the arguments of the components; what the configuration leaves out stays out. */

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys whose value is undefined. */
export function defined<T extends object>(values: T): Defined<T> {
	return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}

export function networkArgs(config: PipelineConfig) {
	return {
		cidr: config.vpcCidr,
		endpointZones: config.endpointZones,
		sourcePort: sourcePort(config),
		sourceIsServer: config.sourceKind === "ec2",
		extraEndpoints: [
			// Session Manager's own, to reach a server without SSH.
			...(config.sourceKind === "ec2" ? ["ssm", "ssmmessages"] : []),
			...(config.replicationTarget === "kinesis" ? ["kinesis-streams"] : []),
		],
		...(config.vpcId === undefined
			? {}
			: { vpcId: config.vpcId, subnetIds: config.privateSubnetIds, routeTableIds: config.routeTableIds }),
		...defined({ externalSourceCidr: config.sourceCidr }),
	};
}

export function sourceArgs(config: PipelineConfig) {
	const file = config.sourceCaCertificateFile;
	return {
		kind: config.sourceKind,
		engine: config.sourceEngine,
		port: sourcePort(config),
		instanceClass: config.databaseInstanceClass,
		storageGb: config.databaseStorageGb,
		multiAz: config.databaseMultiAz,
		binlogRetentionHours: config.binlogRetentionHours,
		...defined({
			host: config.sourceHost,
			secretArn: config.sourceSecretArn,
			caCertificate: file === undefined ? undefined : readFileSync(file, "utf8"),
		}),
	};
}

/** The sources that we make listen on MySQL's own port. */
function sourcePort({ sourceKind, sourcePort: port }: PipelineConfig): number {
	return sourceKind === "external" ? port : 3306;
}

export function replicationArgs(config: PipelineConfig) {
	return {
		instanceClass: config.replicationInstanceClass,
		storageGb: config.replicationStorageGb,
		multiAz: config.replicationMultiAz,
		engineVersion: config.replicationEngineVersion,
		cdcMaxBatchSeconds: config.cdcMaxBatchSeconds,
	};
}

export function clickstreamArgs(config: PipelineConfig) {
	return {
		streamName: config.clickstreamName,
		deliveryStreamName: config.clickstreamDeliveryName,
		retentionHours: config.clickstreamRetentionHours,
	};
}

export function jobArgs(config: PipelineConfig) {
	return {
		workerType: config.jobWorkerType,
		maxWorkers: config.jobMaxWorkers,
		executionClass: config.jobExecutionClass,
		timeoutMinutes: config.jobTimeoutMinutes,
		readSource: config.jobsReadSource,
	};
}

export function scheduleArgs(config: PipelineConfig) {
	return {
		retries: config.jobRetries,
		timeoutMinutes: config.jobTimeoutMinutes,
		...defined({ expression: config.schedule }),
	};
}

export function warehouseArgs(config: PipelineConfig) {
	return {
		baseCapacity: config.warehouseBaseCapacity,
		nodeType: config.warehouseNodeType,
		nodes: config.warehouseNodes,
	};
}

export function dashboardArgs(config: PipelineConfig) {
	return {
		subscribe: config.quickSightSubscribe,
		...defined({ accountName: config.quickSightAccountName, email: config.notificationEmail }),
	};
}

export function monitoringArgs(config: PipelineConfig) {
	return {
		latencySeconds: config.alarmLatencySeconds,
		freeStorageGb: config.alarmFreeStorageGb,
		monthlyBudgetUsd: config.monthlyBudgetUsd,
	};
}
