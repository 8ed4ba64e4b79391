import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DatasetsDocument } from "../../etl/contract/datasets.ts";
import type { JobDefinition } from "../../etl/definition/jobs.ts";
import { currentEnvironment } from "../shared/awsEnvironment.ts";
import { contentHash, filesHash, filesOf } from "../shared/contentHash.ts";
import { fileAsset } from "../shared/fileAsset.ts";
import { jobLogGroups } from "../shared/glueLogs.ts";
import { encryptedLogGroup } from "../shared/logGroup.ts";
import { type ServiceRole, serviceRole } from "../shared/serviceRole.ts";
import { temporaryPrefix } from "../storage/dataLake.ts";
import { glueArguments } from "./glueArguments.ts";
import { jobStatements } from "./jobAccess.ts";
import { connectionName, jdbcArguments, type SourceConnectionArgs, sourceConnection } from "./sourceConnection.ts";

export interface EtlJobsArgs extends SourceConnectionArgs {
	/** What the jobs get of the definition. */
	document: DatasetsDocument;
	/** Folder of the package that all jobs share, `lakehouse/`. */
	etlFolder: string;
	/** Folder of the definition, whose own jobs may have packages beside their scripts. */
	definitionFolder: string;
	/** Raw zone, which the jobs read. */
	rawBucket: pulumi.Input<string>;
	/** Its ARN, for their rights. */
	rawBucketArn: pulumi.Input<string>;
	/** Processed zone, which the jobs read and write. */
	processedBucket: pulumi.Input<string>;
	/** Its ARN, for their rights. */
	processedBucketArn: pulumi.Input<string>;
	/** ARN of the bucket of scripts, where temporary files are, too. */
	scriptsBucketArn: pulumi.Input<string>;
	/** Catalog database. */
	database: pulumi.Input<string>;
	/** Key of the lake, the scripts and the logs. */
	kmsKeyArn: pulumi.Input<string>;
	/** Glue security configuration: what encrypts logs and files. */
	securityConfiguration: pulumi.Input<string>;
	/** Such as `G.1X`: 4 vCPU, 16 GB. */
	workerType: pulumi.Input<string>;
	/** Workers at most; auto scaling takes fewer where fewer do. */
	maxWorkers: pulumi.Input<number>;
	/** `FLEX` runs on spare capacity at a lower price, and may wait for it. */
	executionClass: "STANDARD" | "FLEX";
	/** Whether Glue puts metrics of Spark into CloudWatch. */
	metrics: boolean;
	/** Minutes after which a run is stopped. */
	timeoutMinutes: pulumi.Input<number>;
	/** Days for which the logs are kept. */
	logRetentionDays: pulumi.Input<number>;
	/** Whether jobs that can read the source itself do. They run in its network then; otherwise they read the lake. */
	readSource: boolean;
}

/**
 * The Glue jobs of a definition: Spark with Iceberg, auto scaling, one run of a job at a time and further ones queued (not those of FLEX),
 * encrypted logs. All run as one role, which may do what the jobs say that they read and write.
 *
 * A JDBC connection to the source is made for whatever needs one, such as a notebook; jobs get it, and the rights that
 * belong to it, where they read the source.
 *
 * Scripts, the shared package and the list of tables go to keys that hold their hash: a run never mixes versions.
 * Retries are the state machine's alone (see `Schedule`): Glue's own would go on after it has reported the failure.
 *
 * Defaults: none; sizes are those of `Pulumi.yaml`.
 *
 * Danger: none; the jobs hold no data.
 *
 * Cost: $0.44 for a worker-hour of G.1X, $0.29 with FLEX; a run of six jobs with two workers of two minutes $0.18.
 */
export class EtlJobs extends pulumi.ComponentResource {
	/** Name in Glue, by the job's name. */
	readonly jobNames: Readonly<Record<string, pulumi.Output<string>>>;
	/** How every one of these names begins. */
	readonly namePrefix: string;
	readonly roleArn: pulumi.Output<string>;
	/** Spark's own log, and what the scripts print. */
	readonly logGroups: { error: pulumi.Output<string>; output: pulumi.Output<string> };

	constructor(name: string, args: EtlJobsArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:etlJobs:EtlJobs", name, {}, opts);
		const role = this.#role(name, args);
		const logs = this.#logs(name, args, role);
		const shared: SharedByJobs = {
			role,
			logs,
			packageObject: this.#package(name, args),
			datasets: this.#datasets(name, args),
			connection: sourceConnection(this, name, args),
		};
		this.jobNames = Object.fromEntries(args.jobs.map((job) => [job.name, this.#job(name, args, job, shared).name]));
		this.namePrefix = `${name}-`;
		this.roleArn = role.arn;
		this.logGroups = { error: logs.error.name, output: logs.output.name };
		this.registerOutputs({ jobNames: this.jobNames, roleArn: this.roleArn });
	}

	#job(name: string, args: EtlJobsArgs, job: JobDefinition, shared: SharedByJobs): aws.glue.Job {
		const { role, logs, connection } = shared;
		const script = this.#script(name, args, job);
		const usesSource = args.readSource && job.usesSource === true;
		return new aws.glue.Job(
			`${name}-${job.name}`,
			{
				name: `${name}-${job.name}`,
				description: job.description,
				roleArn: role.arn,
				// Unpinned, Glue takes the newest, whose Spark and Python are others than the jobs are tested with.
				glueVersion: "5.1",
				command: {
					name: "glueetl",
					pythonVersion: "3",
					scriptLocation: pulumi.interpolate`s3://${script.bucket}/${script.key}`,
				},
				defaultArguments: this.#arguments(args, job, shared, usesSource),
				workerType: args.workerType,
				numberOfWorkers: args.maxWorkers,
				executionClass: args.executionClass,
				executionProperty: { maxConcurrentRuns: 1 },
				// No AWS page says that a FLEX run, which waits for capacity in any case, can be queued.
				jobRunQueuingEnabled: args.executionClass === "STANDARD",
				maxRetries: 0,
				timeout: args.timeoutMinutes,
				securityConfiguration: args.securityConfiguration,
				...(usesSource ? { connections: [connection.name] } : {}),
			},
			{ parent: this, dependsOn: [role.policy, logs.error, logs.output] },
		);
	}

	#arguments(
		args: EtlJobsArgs,
		job: JobDefinition,
		{ packageObject, datasets }: SharedByJobs,
		usesSource: boolean,
	): pulumi.Output<Record<string, string>> {
		return pulumi
			.output({
				rawBucket: args.rawBucket,
				processedBucket: args.processedBucket,
				scriptsBucket: args.scriptsBucket,
				database: args.database,
				datasetsKey: datasets.key,
				packageKey: packageObject.key,
				source: usesSource ? jdbcArguments(args) : {},
			})
			.apply(({ source, ...places }) =>
				glueArguments({ ...places, temporaryPrefix, metrics: args.metrics, own: { ...job.arguments, ...source } }),
			);
	}

	#role(name: string, args: EtlJobsArgs): ServiceRole {
		const usesSource = args.readSource && args.jobs.some((job) => job.usesSource);
		return serviceRole(this, `${name}-role`, {
			service: "glue",
			description: "Glue jobs",
			statements: pulumi
				.output({
					environment: currentEnvironment(this),
					rawBucketArn: args.rawBucketArn,
					processedBucketArn: args.processedBucketArn,
					scriptsBucketArn: args.scriptsBucketArn,
					kmsKeyArn: args.kmsKeyArn,
					database: args.database,
					secretArn: args.sourceSecretArn,
					subnetId: args.subnetId,
					securityGroupId: args.securityGroupId,
				})
				.apply(({ secretArn, subnetId, securityGroupId, ...lake }) =>
					jobStatements({
						...lake,
						jobs: args.jobs,
						temporaryPrefix,
						...(usesSource
							? { source: { secretArn, connection: connectionName(name), subnetId, securityGroupId } }
							: {}),
					}),
				),
		});
	}

	#logs(name: string, args: EtlJobsArgs, role: ServiceRole): SharedByJobs["logs"] {
		const names = pulumi
			.all([args.securityConfiguration, role.name])
			.apply(([configuration, roleName]) => jobLogGroups(configuration, roleName));
		const group = (part: "error" | "output"): aws.cloudwatch.LogGroup =>
			encryptedLogGroup(this, `${name}-${part}-log`, {
				name: names[part],
				kmsKeyArn: args.kmsKeyArn,
				retentionDays: args.logRetentionDays,
			});
		return { error: group("error"), output: group("output") };
	}

	#script(name: string, args: EtlJobsArgs, job: JobDefinition): aws.s3.BucketObject {
		return new aws.s3.BucketObject(
			`${name}-${job.name}-script`,
			{
				bucket: args.scriptsBucket,
				key: `jobs/${contentHash(readFileSync(job.script))}/${basename(job.script)}`,
				source: fileAsset(job.script),
			},
			{ parent: this },
		);
	}

	#package(name: string, args: EtlJobsArgs): aws.s3.BucketObject {
		const sources = packageSources(args);
		return new aws.s3.BucketObject(
			`${name}-package`,
			{
				bucket: args.scriptsBucket,
				key: `lakehouse/${filesHash(sources)}/lakehouse.zip`,
				source: new pulumi.asset.AssetArchive(
					Object.fromEntries(Object.entries(sources).map(([path, file]) => [path, fileAsset(file)])),
				),
			},
			{ parent: this },
		);
	}

	#datasets(name: string, args: EtlJobsArgs): aws.s3.BucketObject {
		const content = JSON.stringify(args.document);
		return new aws.s3.BucketObject(
			`${name}-datasets`,
			{
				bucket: args.scriptsBucket,
				key: `datasets/${contentHash(content)}/datasets.json`,
				content,
				contentType: "application/json",
			},
			{ parent: this },
		);
	}
}

/** What every job is made with. */
interface SharedByJobs {
	role: ServiceRole;
	logs: { error: aws.cloudwatch.LogGroup; output: aws.cloudwatch.LogGroup };
	packageObject: aws.s3.BucketObject;
	datasets: aws.s3.BucketObject;
	connection: aws.glue.Connection;
}

/**
 * What the archive of packages holds, by paths in it: the package that all jobs share, and the packages beside the scripts of
 * the definition's own jobs, which are imported by their names.
 */
export function packageSources(args: {
	etlFolder: string;
	definitionFolder: string;
	jobs: readonly JobDefinition[];
}): Record<string, string> {
	const shared = filesOf(join(args.etlFolder, "lakehouse"), [".py"]).map((file) => `lakehouse/${file}`);
	const folders = [...new Set(args.jobs.map(({ script }) => dirname(script)))].filter((folder) =>
		folder.startsWith(args.definitionFolder),
	);
	const own = folders.flatMap((folder) =>
		filesOf(folder, [".py"])
			.filter((file) => file.includes("/"))
			.map((file) => [file, join(folder, file)] as const),
	);
	return {
		...Object.fromEntries(own),
		...Object.fromEntries(shared.map((file) => [file, join(args.etlFolder, file)])),
		// The package looks for it beside its own files; see lakehouse/contract.py.
		"lakehouse/contract.json": join(args.etlFolder, "contract", "contract.json"),
	};
}
