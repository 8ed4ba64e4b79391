/** What the adapters need to know of a deployed stack; see `readDeployment`. */
export interface Deployment {
	/** Stack's name. */
	stack: string;
	region: string;
	accountId: string;
	/** Bucket names of the lake's zones. */
	raw: string;
	processed: string;
	/** Catalog database. */
	database: string;
	crawler: string;
	/** Glue's name of a job, by its name in etl/jobs.ts. */
	jobs: Readonly<Record<string, string>>;
	/** State machine that runs all jobs in their order. */
	stateMachineArn: string | undefined;
	replication: {
		taskArn: string;
		instanceArn: string;
		/** Log group of the tasks. */
		logGroup: string;
		sourceEndpointArn: string;
		targetEndpointArn: string;
	};
	source: {
		secretArn: string;
		/** Certificate authority of the server (PEM); absent where the system's are enough. */
		caCertificate: string | undefined;
	};
	athenaWorkgroup: string;
	clickstream: { streamName: string };
	/** Absent where the stack has none. */
	warehouse:
		| { kind: "serverless" | "provisioned"; identifier: string; database: string; secretArn: string; roleArn: string }
		| undefined;
	/** Dashboards by name; empty where the stack has none. */
	dashboards: Readonly<Record<string, string>>;
}
