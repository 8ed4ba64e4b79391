import { type Rule, texts } from "./rule.ts";

/** What AWS or its provider would not take as it stands, though each input by itself is right. */

type Inputs = Readonly<Record<string, unknown>>;

const at = (inputs: unknown, path: string): unknown =>
	path
		.split(".")
		.reduce<unknown>(
			(value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
			inputs,
		);

/** Workers that run as FLEX. https://docs.aws.amazon.com/glue/latest/dg/add-job.html */
const flexWorkers = ["G.1X", "G.2X"];

/** GiB of gp3 that RDS gives at most. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html */
const mostStorageGb = 65_536;

/** MiB that Firehose gathers at least where it finds the parts of a prefix in records. */
const leastPartitionedMiB = 64;

/** What is wrong with inputs beside each other, by the type of the resource. */
const refused: Readonly<Record<string, (inputs: Inputs) => (string | false)[]>> = {
	// https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.S3.html
	"aws:dms/s3Endpoint:S3Endpoint": ({ preserveTransactions, datePartitionEnabled, dataFormat, cdcPath, ...inputs }) => [
		preserveTransactions === true && datePartitionEnabled === true && "preserveTransactions with datePartitionEnabled",
		preserveTransactions === true && cdcPath === undefined && "preserveTransactions without cdcPath",
		preserveTransactions === true && dataFormat === "parquet" && "preserveTransactions, which writes CSV, with parquet",
		inputs.cdcInsertsOnly === true && inputs.cdcInsertsAndUpdates === true && "both kinds of changes left out",
	],
	// https://docs.aws.amazon.com/glue/latest/dg/job-run-queuing.html
	"aws:glue/job:Job": ({ executionClass, jobRunQueuingEnabled, maxRetries, workerType }) => [
		executionClass === "FLEX" && jobRunQueuingEnabled === true && "FLEX with queued runs",
		executionClass === "FLEX" && !flexWorkers.includes(String(workerType)) && `FLEX with workers of ${workerType}`,
		jobRunQueuingEnabled === true && Number(maxRetries ?? 0) > 0 && "queued runs with retries",
	],
	// https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html
	"aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": (inputs) => [
		at(inputs, "extendedS3Configuration.dynamicPartitioningConfiguration.enabled") === true &&
			Number(at(inputs, "extendedS3Configuration.bufferingSize") ?? 0) < leastPartitionedMiB &&
			`parts of a prefix with a buffer of less than ${leastPartitionedMiB} MiB`,
		inputs.kinesisSourceConfiguration !== undefined &&
			at(inputs, "serverSideEncryption.enabled") === true &&
			"an encryption of its own with a stream as its source",
	],
	"aws:kinesis/stream:Stream": (inputs) => [
		at(inputs, "streamModeDetails.streamMode") === "ON_DEMAND" &&
			inputs.shardCount !== undefined &&
			"ON_DEMAND with a number of shards",
	],
	// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
	"aws:rds/instance:Instance": ({ allocatedStorage, maxAllocatedStorage: limit, ...inputs }) => [
		limit !== undefined && Number(limit) > mostStorageGb && `a limit of more than ${mostStorageGb} GiB`,
		limit !== undefined &&
			Number(limit) < Number(allocatedStorage) * 1.1 &&
			"a limit of less than a tenth above its storage",
		Number(allocatedStorage ?? 0) > mostStorageGb && `more than ${mostStorageGb} GiB`,
		inputs.skipFinalSnapshot !== true &&
			inputs.finalSnapshotIdentifier === undefined &&
			"a last snapshot without a name",
	],
	// https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleExpiration.html
	"aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ({ rules }) =>
		(rules as Inputs[]).map(
			(rule) =>
				at(rule, "expiration.expiredObjectDeleteMarker") === true &&
				at(rule, "expiration.days") !== undefined &&
				`days and delete markers in the one rule ${rule.id}`,
		),
};

export const acceptedTogether: Rule = {
	name: "accepted-together",
	resource: ({ type, name, inputs }) =>
		(refused[type]?.(inputs) ?? [])
			.filter((reason) => reason !== false)
			.map((reason) => `${name} has ${reason}, which AWS rejects`),
};

/**
 * Lists that come back sorted: in another order each update shows a change, and one of Lake Formation's grants is replaced by it. `ALL` comes
 * back with all that it stands for. https://github.com/hashicorp/terraform-provider-aws/issues/31096
 */
export const sortedLists: Rule = {
	name: "sorted-lists",
	resource: ({ type, name, inputs }) => {
		if (type !== "aws:lakeformation/permissions:Permissions") return [];
		return ["permissions", "permissionsWithGrantOptions"].flatMap((key) => {
			const list = texts(inputs[key] ?? []).map(([, text]) => text);
			const sorted = [...list].sort();
			return [
				...(list.join() === sorted.join() ? [] : [`${name}: sort its ${key}: ${sorted.join(", ")}`]),
				...(list.includes("ALL") ? [`${name}: list in its ${key} what ALL stands for`] : []),
			];
		});
	},
};

/** What grows for ever, though nobody needs it: what is left of uploads, old versions, markers of deleted objects, logs. */
export const boundedStorage: Rule = {
	name: "bounded-storage",
	resource: ({ type, name, inputs }) =>
		type === "aws:cloudwatch/logGroup:LogGroup" && !(Number(inputs.retentionInDays ?? 0) > 0)
			? [`${name} keeps its log lines forever`]
			: [],
	stack: (resources) => {
		const of = (type: string, bucket: unknown) =>
			resources.filter((one) => one.type === `aws:s3/${type}` && one.outputs.bucket === bucket);
		return resources
			.filter(({ type }) => type === "aws:s3/bucket:Bucket")
			.flatMap(({ name, outputs: { bucket } }) => {
				const rules = of("bucketLifecycleConfiguration:BucketLifecycleConfiguration", bucket)
					.flatMap(({ outputs }) => (outputs.rules ?? []) as Inputs[])
					.filter(({ status, filter }) => status === "Enabled" && !at(filter, "prefix"));
				const isVersioned = of("bucketVersioning:BucketVersioning", bucket).some(
					({ outputs }) => at(outputs, "versioningConfiguration.status") === "Enabled",
				);
				const lacks = (path: string): boolean => !rules.some((rule) => at(rule, path));
				return [
					...(lacks("abortIncompleteMultipartUpload.daysAfterInitiation") ? [`${name} keeps incomplete uploads`] : []),
					...(isVersioned && lacks("noncurrentVersionExpiration.noncurrentDays") ? [`${name} keeps all versions`] : []),
					...(isVersioned && lacks("expiration.expiredObjectDeleteMarker")
						? [`${name} keeps a marker of each deleted object`]
						: []),
				];
			});
	},
};
