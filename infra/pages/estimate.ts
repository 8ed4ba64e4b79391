import type { PipelineConfig } from "../config.ts";
import { type PriceName, prices } from "./prices.ts";

/** Hours of a month, as AWS counts them. */
const month = 730;

/** What a month brings, besides what the configuration says. */
export interface Usage {
	lakeGb: number;
	/** GB of tables that the runs of a month write again. Each rewrite leaves an old version, which stays for a week. */
	rewrittenGb: number;
	/** Files that are written, in thousands: one a table and batch of changes, one a minute of clicks, those of the runs. */
	thousandPuts: number;
	/** Files that are read, in thousands. */
	thousandGets: number;
	/** GB of changes from the source. */
	changesGb: number;
	/** Files of changes where Firehose writes them, in thousands: one a table and minute with changes. */
	thousandChangeFiles: number;
	/** GB of clicks. */
	clicksGb: number;
	/** Runs of all jobs, and the worker-hours of one run. */
	runs: number;
	/** Jobs of a run. */
	jobs: number;
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
	return [
		...network(config, usage),
		item("encryption", "1 key", 1, "kmsKey"),
		...dataLake(usage),
		...sourceDatabase(config),
		...replication(config, usage),
		...clickstream(config, usage),
		...jobs(config, usage),
		item("athena", `${usage.scannedTb} TB scanned`, usage.scannedTb, "athenaTb"),
		...monitoring(config, usage),
		...warehouse(config, usage),
		...dashboards(config, usage),
	];
}

const zonesOf = (isInTwo: boolean): number => (isInTwo ? 2 : 1);

function network(config: PipelineConfig, { changesGb, logGb }: Usage): Item[] {
	const endpoints =
		5 +
		(config.sourceKind === "ec2" ? 2 : 0) +
		(config.replicationTarget === "kinesis" ? 1 : 0) +
		(config.lakeFormation && config.jobsReadSource ? 1 : 0);
	const { endpointZones: zones } = config;
	return [
		item(
			"network",
			`${count(endpoints, "interface endpoint")} in ${count(zones, "zone")}`,
			endpoints * zones * month,
			"endpointHour",
		),
		...throughEndpoints(logGb + (config.replicationTarget === "kinesis" ? changesGb : 0)),
	];
}

/** Logs, and changes where they come through Kinesis; S3 has a gateway, which is free. */
function throughEndpoints(gb: number): Item[] {
	return [item("network", `${gb} GB through endpoints`, gb, "endpointGb")];
}

/** Days for which `SecureBucket` keeps old versions. */
const versionDays = 7;

function dataLake({ lakeGb, rewrittenGb, thousandPuts, thousandGets }: Usage): Item[] {
	const oldGb = Math.round((rewrittenGb * versionDays * 24) / month);
	return [
		item("dataLake", `${lakeGb} GB`, lakeGb, "s3Gb"),
		item("dataLake", `${oldGb} GB of old versions`, oldGb, "s3Gb"),
		item("dataLake", `${count(thousandPuts * 1000, "file")} written`, thousandPuts, "s3Puts"),
		item("dataLake", `${count(thousandGets * 1000, "file")} read`, thousandGets, "s3Gets"),
	];
}

function sourceDatabase(config: PipelineConfig): Item[] {
	const { sourceKind: kind, databaseInstanceClass: instance, databaseStorageGb: gb } = config;
	if (kind === "external") return [];
	const zones = zonesOf(config.databaseMultiAz);
	const secrets = kind === "rds" ? 1 : 2;
	return [
		item("sourceDatabase", instance, month * zones, priceOf(instance)),
		item("sourceDatabase", `${gb} GB`, gb * zones, kind === "ec2" ? "ebsGb" : "rdsGb"),
		...(kind === "ec2" ? [item("sourceDatabase", "7 metrics, every minute", 7, "ec2Metric")] : []),
		item("sourceDatabase", count(secrets, "secret"), secrets, "secret"),
	];
}

function replication(config: PipelineConfig, { changesGb: changes, thousandChangeFiles: files }: Usage): Item[] {
	const { replicationInstanceClass: instance, replicationStorageGb: gb } = config;
	const zones = zonesOf(config.replicationMultiAz);
	return [
		item("replication", instance, month * zones, priceOf(instance)),
		item("replication", `${gb} GB`, gb * zones, "dmsGb"),
		...(config.replicationTarget === "kinesis"
			? [
					...stream("replication", changes, changeKb, 24),
					item("replication", `${changes} GB by table`, changes, "firehosePartsGb"),
					item("replication", `${count(files * 1000, "file")} by table`, files, "firehoseParts"),
				]
			: []),
	];
}

/** A click, and DMS's message of a change with its metadata, in KB. */
const clickKb = 0.25;
const changeKb = 1;

/** GB as they are billed where each record is rounded up. */
export function rounded(gb: number, recordKb: number, unitKb: number): number {
	return (gb * Math.ceil(recordKb / unitKb) * unitKb) / recordKb;
}

/** GB in a stream at any time of records that are between so many hours old. */
const kept = (gb: number, from: number, to: number): number => Math.round((gb * Math.max(0, to - from)) / month);

/** An on-demand stream that Firehose reads. */
function stream(component: string, gb: number, recordKb: number, keptHours: number): Item[] {
	const [week, later] = [kept(gb, 24, Math.min(keptHours, 168)), kept(gb, 168, keptHours)];
	return [
		item(component, "1 on-demand stream", month, "streamHour"),
		item(component, `${gb} GB into the stream, in records of ${recordKb} KB`, rounded(gb, recordKb, 1), "streamGb"),
		item(component, `${gb} GB out of it`, gb, "streamReadGb"),
		...(week > 0 ? [item(component, `${week} GB kept beyond a day`, week, "streamKeptGb")] : []),
		...(later > 0 ? [item(component, `${later} GB kept beyond a week`, later, "streamLongKeptGb")] : []),
		item(component, `${gb} GB through Firehose, in records of ${recordKb} KB`, rounded(gb, recordKb, 5), "firehoseGb"),
	];
}

function clickstream({ clickstreamRetentionHours: hours }: PipelineConfig, { clicksGb: gb }: Usage): Item[] {
	return stream("clickstream", gb, clickKb, hours);
}

function jobs(config: PipelineConfig, { runs, jobs: count, workerHoursPerRun: hours }: Usage): Item[] {
	// The jobs, each with the check that those before it went well, in four waves; before them the looks for another execution and
	// for loads under way, behind them those for failures and bad data; start and end.
	const transitions = 2 * count + 13;
	// Runs by hand crawl, the schedule does not.
	const crawls = config.schedule === undefined ? runs : 30;
	const price = config.jobExecutionClass === "FLEX" ? "flexDpuHour" : "dpuHour";
	return [
		item("etlJobs", `${runs} runs of ${hours} worker-hours`, runs * hours, price),
		...(config.jobMetrics ? [metrics(runs, count)] : []),
		item("catalog", `${crawls} crawls of 10 minutes, 2 DPU`, (crawls * 2) / 6, "dpuHour"),
		item("schedule", `${runs} runs of ${transitions} steps`, runs * transitions, "transition"),
	];
}

/** Some sixty metrics of a job's run, which are new ones each time, for the hour in which they are written. */
function metrics(runs: number, jobs: number): Item {
	const months = Math.round((runs * jobs * 60) / month);
	return item("etlJobs", `${runs * jobs} runs of jobs with 60 metrics of an hour`, months, "customMetric");
}

function monitoring(config: PipelineConfig, { logGb }: Usage): Item[] {
	const alarms = 8 + (config.sourceKind === "rds" ? 1 : 0) + (config.replicationTarget === "kinesis" ? 2 : 0);
	return [
		item("monitoring", `${alarms} alarms`, alarms, "alarm"),
		item("monitoring", "1 dashboard", 1, "metricsDashboard"),
		item("monitoring", `${logGb} GB of logs`, logGb, "logGb"),
	];
}

function warehouse({ warehouseKind, warehouseBaseCapacity: units }: PipelineConfig, { warehouseHours }: Usage): Item[] {
	if (warehouseKind !== "serverless") return [];
	return [
		item("warehouse", `${units} RPU for ${warehouseHours} hours`, units * warehouseHours, "rpuHour"),
		item("warehouse", "2 secrets", 2, "secret"),
	];
}

function dashboards(config: PipelineConfig, { authors, readers }: Usage): Item[] {
	if (config.dashboards === "none") return [];
	return [
		item("dashboards", count(authors, "author"), authors, "author"),
		item("dashboards", count(readers, "reader"), readers, "reader"),
	];
}

/** The design built by hand in the console, with its own sizes, left running for a month. */
export function referenceEstimate(usage: Usage): Item[] {
	return [
		item("dataLake", `${usage.lakeGb} GB`, usage.lakeGb, "s3Gb"),
		item("sourceDatabase", "t4g.small, the nearest to the template's instance", month, "t4g.small"),
		item("replication", "dms.t3.medium, the console's default", month, "dms.t3.medium"),
		item("replication", "50 GB", 50, "dmsGb"),
		...stream("clickstream", usage.clicksGb, clickKb, 24),
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
		item("dashboards", count(usage.authors, "author"), usage.authors, "author"),
	];
}

/** `1 zone`, `1,000,000 files`. */
function count(amount: number, noun: string): string {
	return `${amount.toLocaleString("en-US")} ${noun}${amount === 1 ? "" : "s"}`;
}

function item(component: string, what: string, quantity: number, price: PriceName): Item {
	return { component, what, quantity, price };
}
