import { setMaxListeners } from "node:events";
import type { AthenaClient } from "@aws-sdk/client-athena";
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { DatabaseMigrationServiceClient } from "@aws-sdk/client-database-migration-service";
import type { GlueClient } from "@aws-sdk/client-glue";
import type { IAMClient } from "@aws-sdk/client-iam";
import type { KinesisClient } from "@aws-sdk/client-kinesis";
import type { QuickSightClient } from "@aws-sdk/client-quicksight";
import type { RedshiftClient } from "@aws-sdk/client-redshift";
import type { RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import type { RedshiftServerlessClient } from "@aws-sdk/client-redshift-serverless";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import type { SFNClient } from "@aws-sdk/client-sfn";
import type { STSClient } from "@aws-sdk/client-sts";
import { type AwsEvent, errorName, log, millisecondsSince } from "../../../common/log.ts";
import { version } from "../../../common/version.ts";
import type { Plan } from "../../plan.ts";

import { awsError } from "./awsError.ts";

/** What every client is made with. */
export interface ClientSettings {
	region: string;
	/** Profile of the shared AWS configuration; otherwise the SDK's own chain decides. */
	profile?: string | undefined;
	/** Ends every call in flight and every wait for a retry. */
	signal: AbortSignal;
	/** Set for `--dry-run`: notes each call and refuses those that change something. */
	plan?: Plan | undefined;
}

type Send = (command: { input: object }, options?: { abortSignal?: AbortSignal }) => Promise<unknown>;

/** Attempts of one call. The SDK's standard mode waits between them with full jitter, up to 20 s. */
const attempts = 6;

/**
 * Makes the clients of the AWS SDK, each when it is first asked for: importing one costs 50 to 150 ms. All of them get the same
 * region, profile, timeouts, retries, signal, and errors in our words.
 */
export class Clients {
	readonly settings: ClientSettings;
	readonly #made = new Map<string, Promise<unknown>>();

	constructor(settings: ClientSettings) {
		this.settings = settings;
		// Every call in flight listens; Node would warn of a leak from the eleventh on.
		setMaxListeners(0, settings.signal);
		// The versions that package-lock.json names run on Node 20; the SDK's warning is of later ones.
		process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
	}

	athena(): Promise<AthenaClient> {
		return this.#client("athena", async (c) => new (await import("@aws-sdk/client-athena")).AthenaClient(c));
	}

	cloudWatch(): Promise<CloudWatchClient> {
		return this.#client("cloudwatch", async (configuration) => {
			const { CloudWatchClient } = await import("@aws-sdk/client-cloudwatch");
			return new CloudWatchClient(configuration);
		});
	}

	dms(): Promise<DatabaseMigrationServiceClient> {
		return this.#client("dms", async (configuration) => {
			const { DatabaseMigrationServiceClient } = await import("@aws-sdk/client-database-migration-service");
			return new DatabaseMigrationServiceClient(configuration);
		});
	}

	glue(): Promise<GlueClient> {
		return this.#client("glue", async (c) => new (await import("@aws-sdk/client-glue")).GlueClient(c));
	}

	iam(): Promise<IAMClient> {
		return this.#client("iam", async (c) => new (await import("@aws-sdk/client-iam")).IAMClient(c));
	}

	kinesis(): Promise<KinesisClient> {
		return this.#client("kinesis", async (c) => new (await import("@aws-sdk/client-kinesis")).KinesisClient(c));
	}

	/** For a sender that repeats what failed by itself: a call is made once, so that none passes by its rate and its count. */
	kinesisOnce(): Promise<KinesisClient> {
		return this.#client(
			"kinesis",
			async (c) => new (await import("@aws-sdk/client-kinesis")).KinesisClient({ ...c, maxAttempts: 1 }),
			"kinesis, once",
		);
	}

	logs(): Promise<CloudWatchLogsClient> {
		return this.#client("logs", async (configuration) => {
			const { CloudWatchLogsClient } = await import("@aws-sdk/client-cloudwatch-logs");
			return new CloudWatchLogsClient(configuration);
		});
	}

	quicksight(): Promise<QuickSightClient> {
		return this.#client("quicksight", async (configuration) => {
			const { QuickSightClient } = await import("@aws-sdk/client-quicksight");
			return new QuickSightClient(configuration);
		});
	}

	quotas(): Promise<ServiceQuotasClient> {
		return this.#client("servicequotas", async (configuration) => {
			const { ServiceQuotasClient } = await import("@aws-sdk/client-service-quotas");
			return new ServiceQuotasClient(configuration);
		});
	}

	redshift(): Promise<RedshiftClient> {
		return this.#client("redshift", async (configuration) => {
			const { RedshiftClient } = await import("@aws-sdk/client-redshift");
			return new RedshiftClient(configuration);
		});
	}

	redshiftData(): Promise<RedshiftDataClient> {
		return this.#client("redshift-data", async (configuration) => {
			const { RedshiftDataClient } = await import("@aws-sdk/client-redshift-data");
			return new RedshiftDataClient(configuration);
		});
	}

	redshiftServerless(): Promise<RedshiftServerlessClient> {
		return this.#client("redshift-serverless", async (configuration) => {
			const { RedshiftServerlessClient } = await import("@aws-sdk/client-redshift-serverless");
			return new RedshiftServerlessClient(configuration);
		});
	}

	s3(): Promise<S3Client> {
		return this.#client("s3", async (c) => new (await import("@aws-sdk/client-s3")).S3Client(c));
	}

	secrets(): Promise<SecretsManagerClient> {
		return this.#client("secretsmanager", async (configuration) => {
			const { SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
			return new SecretsManagerClient(configuration);
		});
	}

	sfn(): Promise<SFNClient> {
		return this.#client("states", async (c) => new (await import("@aws-sdk/client-sfn")).SFNClient(c));
	}

	sts(): Promise<STSClient> {
		return this.#client("sts", async (c) => new (await import("@aws-sdk/client-sts")).STSClient(c));
	}

	#client<C>(
		service: string,
		make: (configuration: Awaited<ReturnType<Clients["configuration"]>>) => Promise<C>,
		name: string = service,
	): Promise<C> {
		const known = this.#made.get(name) as Promise<C> | undefined;
		if (known !== undefined) return known;
		const made = this.configuration()
			.then(make)
			.then((client) => this.#govern(service, client));
		this.#made.set(name, made);
		return made;
	}

	/** The same for every client; HTTP/1.1 also for Kinesis, whose HTTP/2 sessions proxies and emulators break. */
	async configuration() {
		const { NodeHttpHandler } = await import("@smithy/node-http-handler");
		const { region, profile } = this.settings;
		return {
			region,
			...(profile === undefined ? {} : { profile }),
			...(process.env.AWS_MAX_ATTEMPTS === undefined ? { maxAttempts: attempts } : {}),
			requestHandler: new NodeHttpHandler({
				connectionTimeout: 5_000,
				requestTimeout: 30_000,
				throwOnRequestTimeout: true,
			}),
			logger: silent,
			customUserAgent: [["pipeline-cli", version]] as [string, string][],
		};
	}

	/** Every call passes here, also those of the SDK's paginators. */
	#govern<C>(service: string, client: C): C {
		const { signal, plan, region, profile } = this.settings;
		const governed = client as { send: Send };
		const send = governed.send.bind(client);
		governed.send = async (command, options) => {
			const action = command.constructor.name.replace(/Command$/, "");
			const ends = options?.abortSignal ?? signal;
			ends.throwIfAborted();
			plan?.note(service, action, command.input);
			const start = performance.now();
			const ended = (of: unknown, failed: { error?: string } = {}): void =>
				log({ event: "aws", service, operation: action, ms: millisecondsSince(start), ...metadataOf(of), ...failed });
			try {
				const output = await send(command, { ...options, abortSignal: ends });
				ended(output);
				return output;
			} catch (error) {
				ended(error, { error: errorName(error) });
				ends.throwIfAborted();
				throw awsError(error, { service, action, region, profile });
			}
		};
		return client;
	}
}

interface Metadata {
	attempts?: number;
	requestId?: string;
	httpStatusCode?: number;
}

/** What the SDK notes beside every answer and error of a service; nothing where none came. */
function metadataOf(result: unknown): Pick<AwsEvent, "attempts" | "requestId" | "status"> {
	const { $metadata: metadata } = (result ?? {}) as { $metadata?: Metadata };
	if (metadata === undefined) return {};
	const { attempts, requestId, httpStatusCode: status } = metadata;
	return { attempts, requestId, status };
}

/** The SDK's own remarks, for instance on several sources of credentials, would go between our lines. */
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
