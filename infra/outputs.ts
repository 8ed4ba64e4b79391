import { z } from "zod";

/** Grows with every change of the outputs that a reader has to know of. */
export const outputsVersion = 4;

const text = z.string().min(1);

/** What somebody has to do after the deployment. */
const leftTask = z.object({
	text,
	/** Command of the CLI that does it; what it has done, it does not name again. */
	doneBy: z.enum(["warehouse apply"]).optional(),
});

export type LeftTask = z.infer<typeof leftTask>;

/**
 * What a deployed stack says to the CLI, as the stack output `pipeline`. No secret is among it: secrets are named by ARN.
 * Read it with `pulumi stack output --json`.
 */
export const pipelineOutputs = z.object({
	version: z.literal(outputsVersion),
	stack: text,
	/** Folder of the pipeline's definition, from the project's root. */
	definition: text,
	region: text,
	accountId: z.string().regex(/^\d{12}$/),
	/** Key of all that is encrypted: who reads or writes it needs rights on the key, too. */
	keyArn: text,
	/** Bucket names. */
	buckets: z.object({ raw: text, processed: text, scripts: text }),
	/** `crawler`: null where the jobs register every table. */
	catalog: z.object({ database: text, crawler: text.nullable() }),
	source: z.object({
		kind: z.enum(["external", "rds", "ec2"]),
		/** As DMS names it. */
		engine: z.enum(["mysql", "mariadb"]),
		host: text,
		port: z.number().int(),
		/** Secret of username, password, host and port. */
		secretArn: text,
		/** Certificate authority of the server, PEM. */
		caCertificate: text,
		/** The server's time zone, as DMS has it; null where it takes UTC. */
		timeZone: text.nullable().optional(),
		/** EC2 instance for Session Manager, where the source is one. */
		instanceId: text.nullable(),
	}),
	replication: z.object({
		taskArn: text,
		instanceArn: text,
		sourceEndpointArn: text,
		targetEndpointArn: text,
		/** What the task's table mappings were made of: the definition's rules, as JSON. */
		rules: text,
		/** Log group of the tasks. */
		logGroup: text,
		/** Firehose stream by which changes reach the raw zone; null where DMS writes the files itself. */
		deliveryStreamName: text.nullable(),
	}),
	/** Null where the pipeline has no clicks. */
	clickstream: z.object({ streamName: text, deliveryStreamName: text }).nullable(),
	/** Glue's name of a job, by its name in the definition. */
	jobs: z.record(z.string(), text),
	/** Log groups of all jobs: Spark's own log, and what the scripts print. */
	jobLogGroups: z.object({ error: text, output: text }),
	/** State machine that runs all jobs in their order. */
	stateMachineArn: text,
	/** When EventBridge Scheduler starts it; null where it runs by hand only. */
	schedule: z.object({ expression: text, timezone: text }).nullable(),
	athena: z.object({
		workgroup: text,
		/** Where results go, with a trailing slash. */
		resultsUri: text,
		/** Identifier in Athena, by the named query. */
		queries: z.record(z.string(), text),
	}),
	/** Null where the stack has none. */
	warehouse: z
		.object({
			kind: z.enum(["serverless", "provisioned"]),
			/** Workgroup or cluster. */
			identifier: text,
			/** Of the workgroup or cluster, as policies name it. */
			arn: text,
			database: text,
			host: text,
			/** Secret of the administrator, with whom schema and views are made. */
			secretArn: text,
			/** Secret of the user who only reads, with whom queries run. */
			readerSecretArn: text,
			/** Default role: what external schemas read the lake with. */
			roleArn: text,
		})
		.nullable(),
	/** Null where the stack has none; identifiers in QuickSight. */
	dashboards: z.object({ analysisId: text, dashboards: z.record(z.string(), text) }).nullable(),
	monitoring: z.object({ topicArn: text, dashboard: text }),
	/** What is left to do after `pulumi up`, in order; each says how. */
	leftToDo: z.array(leftTask).optional(),
});

export type PipelineOutputs = z.infer<typeof pipelineOutputs>;
