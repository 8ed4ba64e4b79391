import { jobs } from "../../etl/jobs.ts";
import type { PipelineConfig } from "../config.ts";
import { type PriceName, prices } from "./prices.ts";

/** Hours of a month, as AWS counts them. */
const month = 730;

/** State transitions of a run: the jobs, their start, a wave of several, the crawl, the end. */
const steps = jobs.length + 4;

/** What a month brings, besides what the configuration says. */
export interface Usage {
	lakeGb: number;
	/** GB of clicks; a record of 250 bytes is billed by Firehose as 5 KB. */
	clicksGb: number;
	/** Runs of all jobs, and the worker-hours of one run. */
	runs: number;
	workerHoursPerRun: number;
	scannedTb: number;
	/** Hours in which the warehouse works. */
	warehouseHours: number;
	authors: number;
	readers: number;
	logGb: number;
}

/** A line of the estimate: what is paid for, and how much of it at which price. */
export interface Item {
	component: string;
	what: string;
	quantity: number;
	price: PriceName;
}

/** USD a month. */
export function cost({ quantity, price }: Item): number {
	return quantity * prices[price].usd;
}

/** Known prices only: an instance class that is in no stack of ours has none. */
function priceOf(instance: string): PriceName {
	if (!(instance in prices)) throw new Error(`prices.ts has no price of ${instance}`);
	return instance as PriceName;
}

/** A month of a stack, component by component. */
export function estimate(config: PipelineConfig, usage: Usage): Item[] {
	const zones = (multi: boolean): number => (multi ? 2 : 1);
	const onEc2 = config.sourceKind === "ec2";
	const kinesis = config.replicationTarget === "kinesis";
	const endpoints = 5 + (onEc2 ? 2 : 0) + (kinesis ? 1 : 0);
	const alarms = 8 + (config.sourceKind === "rds" ? 1 : 0) + (kinesis ? 2 : 0);
	const secrets = config.sourceKind === "rds" ? 1 : onEc2 ? 2 : 0;
	const items: Item[] = [
		item(
			"network",
			`${endpoints} interface endpoints in ${config.endpointZones} zone(s)`,
			endpoints * config.endpointZones * month,
			"endpointHour",
		),
		item("encryption", "1 key", 1, "kmsKey"),
		item("dataLake", `${usage.lakeGb} GB`, usage.lakeGb, "s3Gb"),
		...(config.sourceKind === "external"
			? []
			: [
					item(
						"sourceDatabase",
						config.databaseInstanceClass,
						month * zones(config.databaseMultiAz),
						priceOf(config.databaseInstanceClass),
					),
					item(
						"sourceDatabase",
						`${config.databaseStorageGb} GB`,
						config.databaseStorageGb * zones(config.databaseMultiAz),
						onEc2 ? "ebsGb" : "rdsGb",
					),
					...(onEc2 ? [item("sourceDatabase", "7 metrics, every minute", 7, "ec2Metric")] : []),
					item("sourceDatabase", `${secrets} secret(s)`, secrets, "secret"),
				]),
		item(
			"replication",
			config.replicationInstanceClass,
			month * zones(config.replicationMultiAz),
			priceOf(config.replicationInstanceClass),
		),
		item(
			"replication",
			`${config.replicationStorageGb} GB`,
			config.replicationStorageGb * zones(config.replicationMultiAz),
			"dmsGb",
		),
		...(kinesis ? [item("replication", "1 on-demand stream", month, "streamHour")] : []),
		item("clickstream", "1 on-demand stream", month, "streamHour"),
		item("clickstream", `${usage.clicksGb} GB into the stream`, usage.clicksGb, "streamGb"),
		item("clickstream", `${usage.clicksGb} GB as records of 5 KB through Firehose`, usage.clicksGb * 20, "firehoseGb"),
		item(
			"etlJobs",
			`${usage.runs} runs of ${usage.workerHoursPerRun} worker-hours`,
			usage.runs * usage.workerHoursPerRun,
			config.jobExecutionClass === "FLEX" ? "flexDpuHour" : "dpuHour",
		),
		item("catalog", `${usage.runs} crawls of 10 minutes, 2 DPU`, (usage.runs * 2) / 6, "dpuHour"),
		item("schedule", `${usage.runs} runs of ${steps} steps`, usage.runs * steps, "transition"),
		item("athena", `${usage.scannedTb} TB scanned`, usage.scannedTb, "athenaTb"),
		item("monitoring", `${alarms} alarms`, alarms, "alarm"),
		item("monitoring", `${usage.logGb} GB of logs`, usage.logGb, "logGb"),
	];
	if (config.warehouseKind === "serverless") {
		items.push(
			item(
				"warehouse",
				`${config.warehouseBaseCapacity} RPU for ${usage.warehouseHours} hours`,
				config.warehouseBaseCapacity * usage.warehouseHours,
				"rpuHour",
			),
		);
		items.push(item("warehouse", "2 secrets", 2, "secret"));
	}
	if (config.dashboards !== "none") {
		items.push(item("dashboards", `${usage.authors} author(s)`, usage.authors, "author"));
		items.push(item("dashboards", `${usage.readers} readers`, usage.readers, "reader"));
	}
	return items;
}

/** The design built by hand in the console, with its own sizes, left running for a month. */
export function referenceEstimate(usage: Usage): Item[] {
	return [
		item("dataLake", `${usage.lakeGb} GB`, usage.lakeGb, "s3Gb"),
		item("sourceDatabase", "t4g.small, the nearest to the template's instance", month, "t4g.small"),
		item("replication", "dms.t3.medium, the console's default", month, "dms.t3.medium"),
		item("replication", "50 GB", 50, "dmsGb"),
		item("clickstream", "1 on-demand stream", month, "streamHour"),
		item("clickstream", `${usage.clicksGb} GB into the stream`, usage.clicksGb, "streamGb"),
		item("clickstream", `${usage.clicksGb} GB as records of 5 KB through Firehose`, usage.clicksGb * 20, "firehoseGb"),
		// Three jobs of ten G.8X workers, 8 DPU each; five minutes of a job.
		item(
			"etlJobs",
			`${usage.runs} runs of 3 jobs on 10 G.8X workers for 5 minutes`,
			(usage.runs * 3 * 80) / 12,
			"dpuHour",
		),
		item("catalog", `${usage.runs} crawls of 10 minutes, 2 DPU`, (usage.runs * 2) / 6, "dpuHour"),
		item("athena", `${usage.scannedTb} TB scanned`, usage.scannedTb, "athenaTb"),
		item("warehouse", "1 dc2.large, always on", month, "dc2.large"),
		item("dashboards", `${usage.authors} author(s)`, usage.authors, "author"),
	];
}

function item(component: string, what: string, quantity: number, price: PriceName): Item {
	return { component, what, quantity, price };
}
