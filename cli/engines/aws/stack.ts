import type { ModelDefinition } from "../../../etl/contract/datasets.ts";
import type { Definition } from "../../../etl/definition/definition.ts";
import type { PipelineOutputs } from "../../../infra/outputs.ts";
import { PipelineError } from "../../common/errors.ts";
import type {
	Check,
	Comparison,
	Context,
	Crawlers,
	EventStream,
	Jobs,
	Logs,
	ObjectStore,
	Query,
	Replication,
	Source,
	Stack,
	Warehouse,
	WarehouseStatus,
} from "../port.ts";
import { openDefinition } from "../shared/definition.ts";
import { openModels } from "../shared/models.ts";
import { type ClientSettings, Clients } from "./client/clients.ts";

/** A stack that `pulumi up` deployed. */
export class AwsStack implements Stack {
	readonly engine = "aws";
	readonly name: string;
	readonly #clients: Clients;
	readonly #deployment: PipelineOutputs;

	/** @param region overrides the region of the outputs. */
	constructor(deployment: PipelineOutputs, settings: Omit<ClientSettings, "region"> & { region?: string | undefined }) {
		this.name = deployment.stack;
		const region = settings.region ?? deployment.region;
		this.#deployment = { ...deployment, region };
		this.#clients = new Clients({ ...settings, region });
	}

	async definition(): Promise<Definition> {
		return openDefinition(this.#deployment.definition);
	}

	async models(): Promise<readonly ModelDefinition[]> {
		return openModels(await this.definition());
	}

	async source(): Promise<Source> {
		return new (await import("./source.ts")).AwsSource(this.#clients, this.#deployment);
	}

	async replication(): Promise<Replication> {
		const { AwsReplication } = await import("./replication/awsReplication.ts");
		return new AwsReplication(this.#clients, this.#deployment);
	}

	async jobs(): Promise<Jobs> {
		return new (await import("./jobs/awsJobs.ts")).AwsJobs(this.#clients, this.#deployment);
	}

	async crawlers(): Promise<Crawlers> {
		return new (await import("./catalog/awsCrawlers.ts")).AwsCrawlers(this.#clients, this.#deployment);
	}

	async query(): Promise<Query> {
		return new (await import("./query/athenaQuery.ts")).AthenaQuery(this.#clients, this.#deployment);
	}

	async comparison(): Promise<Comparison> {
		const { AwsComparison } = await import("./reconcile/awsComparison.ts");
		const [source, query, processed] = [await this.source(), await this.query(), await this.processed()];
		return new AwsComparison(this.#clients, this.#deployment, { source, query, processed });
	}

	async raw(): Promise<ObjectStore> {
		return this.#bucket(this.#deployment.buckets.raw);
	}

	async processed(): Promise<ObjectStore> {
		return this.#bucket(this.#deployment.buckets.processed);
	}

	async eventStream(): Promise<EventStream> {
		const { KinesisEventStream } = await import("./eventStream/kinesisEventStream.ts");
		const { clickstream, definition } = this.#deployment;
		if (clickstream !== null) return new KinesisEventStream(this.#clients, clickstream.streamName);
		throw new PipelineError("usage", {
			what: `The pipeline of the stack ${this.name} does not define clicks.`,
			fix: `Add clicks to ${definition}/pipeline.yaml (clicks: { schema: … }), then deploy.`,
			next: "pulumi up",
		});
	}

	async warehouse(): Promise<Warehouse> {
		const { RedshiftWarehouse } = await import("./warehouse/redshiftWarehouse.ts");
		return new RedshiftWarehouse(this.#clients, this.#deployment);
	}

	async logs(): Promise<Logs> {
		const { jobs } = await this.definition();
		return new (await import("./logs.ts")).AwsLogs(this.#clients, this.#deployment, jobs);
	}

	async checks(context: Context): Promise<Check[]> {
		return (await import("./doctor/doctor.ts")).awsChecks(
			this.#clients,
			this.#deployment,
			await this.source(),
			context,
		);
	}

	async warehouseStatus(): Promise<WarehouseStatus | undefined> {
		return (await import("./warehouse/warehouseStatus.ts")).warehouseStatus(this.#clients, this.#deployment);
	}

	async dashboardUrls(): Promise<Record<string, string>> {
		return (await import("./dashboards.ts")).dashboardUrls(this.#clients, this.#deployment);
	}

	purgeLeaves(): readonly string[] {
		const { athena, buckets, jobLogGroups, replication, warehouse } = this.#deployment;
		const stream = replication.deliveryStreamName;
		return [
			`query results below ${athena.resultsUri}, which expire after 30 days, and their old versions 7 days later`,
			`Spark's temporary files below s3://${buckets.scripts}/temporary/, which expire after 7 days, and their old versions 7 days later`,
			`logs in CloudWatch, until their retention ends: ${jobLogGroups.error}, ${jobLogGroups.output}, ${replication.logGroup}, and the state machine's below /aws/vendedlogs/states/`,
			...(warehouse === null
				? []
				: [
						"statements with their values in the warehouse's logs below /aws/redshift/ in CloudWatch, until their retention ends",
					]),
			...(stream === null ? [] : [`messages in the stream of changes, which expire after 24 hours`]),
		];
	}

	async #bucket(name: string): Promise<ObjectStore> {
		return new (await import("./objectStore.ts")).S3ObjectStore(this.#clients, name);
	}
}
