import { type AwsEndpoint, faults, json, refuse } from "./endpoint.ts";
import { outputs } from "./outputs.ts";

export interface Run {
	Id: string;
	JobName: string;
	JobRunState: string;
	StartedOn: number;
	Arguments: Record<string, string>;
	ErrorMessage?: string;
	ExecutionTime?: number;
	DPUSeconds?: number;
}

/** One look at a run: its state, with what else is reported then. */
export type Look = Partial<Omit<Run, "Id" | "JobName">> & { JobRunState: string };

export interface Crawler {
	State: string;
	LastCrawl?: { Status: string; StartTime: number; ErrorMessage?: string; LogGroup?: string; LogStream?: string };
}

const firstRun = 1_795_000_100;

/** Glue: the stack's jobs, one crawler, and a catalog. */
export class GlueScript {
	/** Runs by Glue's name of the job, newest first. */
	readonly runs = new Map<string, Run[]>();
	/** What the looks at a new run show, by Glue's name of the job; the last one stays. */
	looks: Record<string, Look[]> = {};
	/** Called when a run is started, for what the job does to the lake. */
	onStart: (run: Run) => void = () => undefined;
	/** Whether a second run of a job waits (queuing) or is refused. */
	queuing = true;
	/** Whether the answer to the next start gets lost, once. */
	dropAnswer = false;
	crawler: Crawler = { State: "READY" };
	/** What the looks at the crawler show after its start. */
	afterCrawl: Crawler[] = [
		{ State: "RUNNING" },
		{ State: "STOPPING" },
		{ State: "READY", LastCrawl: { Status: "SUCCEEDED", StartTime: firstRun } },
	];
	/** Crawls that were started. */
	crawls = 0;
	tables: object[] = [];
	/** Tables after the next crawl. */
	crawled: object[] | undefined;
	pageSize = 100;
	#pending: Crawler[] = [];
	#count = 0;
	readonly #pendingLooks = new Map<string, Look[]>();

	constructor(endpoint: AwsEndpoint) {
		this.#jobs(endpoint);
		this.#catalog(endpoint);
	}

	#jobs(endpoint: AwsEndpoint): void {
		const of = (name: unknown): Run[] => this.runs.get(String(name)) ?? [];
		endpoint
			.on("glue", "StartJobRun", (input) => {
				const name = String(input.JobName);
				const busy = of(name).some(({ JobRunState: state }) => ["STARTING", "RUNNING", "WAITING"].includes(state));
				if (busy && !this.queuing) return refuse("ConcurrentRunsExceededException", "Concurrent runs exceeded");
				this.#count += 1;
				const run: Run = {
					Id: `jr_${this.#count}`,
					JobName: name,
					JobRunState: busy ? "WAITING" : "STARTING",
					StartedOn: firstRun + this.#count,
					Arguments: (input.Arguments ?? {}) as Record<string, string>,
				};
				this.add(run, this.looks[name] ?? [{ JobRunState: "RUNNING" }, succeeded]);
				this.onStart(run);
				if (this.dropAnswer) {
					this.dropAnswer = false;
					return faults.reset();
				}
				return json({ JobRunId: run.Id });
			})
			.on("glue", "GetJobRun", (input) => {
				const run = of(input.JobName).find(({ Id: id }) => id === input.RunId);
				if (run === undefined) return refuse("EntityNotFoundException", "Job run not found");
				Object.assign(run, this.#pendingLooks.get(run.Id)?.shift());
				return json({ JobRun: run });
			})
			.on("glue", "GetJobRuns", (input) =>
				json({ JobRuns: of(input.JobName).slice(0, Number(input.MaxResults ?? 100)) }),
			)
			.on("glue", "BatchStopJobRun", (input) => {
				for (const run of of(input.JobName)) {
					if ((input.JobRunIds as string[]).includes(run.Id)) run.JobRunState = "STOPPED";
				}
				return json({ SuccessfulSubmissions: [], Errors: [] });
			});
	}

	#catalog(endpoint: AwsEndpoint): void {
		endpoint
			.on("glue", "StartCrawler", () => {
				const going = this.crawler.State !== "READY" || this.#pending.length > 0;
				if (going) return refuse("CrawlerRunningException", "Crawler is running");
				this.crawls += 1;
				this.#pending = [...this.afterCrawl];
				this.tables = this.crawled ?? this.tables;
				return json({});
			})
			.on("glue", "GetCrawler", () => {
				this.crawler = this.#pending.shift() ?? this.crawler;
				return json({ Crawler: { Name: outputs.catalog.crawler, ...this.crawler } });
			})
			.on("glue", "DeleteTable", (input) => {
				this.tables = this.tables.filter((table) => !("Name" in table) || table.Name !== input.Name);
				return json({});
			})
			.on("glue", "GetTables", (input) => {
				const from = Number(input.NextToken ?? 0);
				const end = from + this.pageSize;
				return json({
					TableList: this.tables.slice(from, end),
					...(end < this.tables.length ? { NextToken: String(end) } : {}),
				});
			});
	}

	/** A run that is there already, for instance by the schedule. */
	add(run: Run, looks: Look[]): void {
		this.runs.set(run.JobName, [run, ...(this.runs.get(run.JobName) ?? [])]);
		this.#pendingLooks.set(run.Id, [...looks]);
	}
}

export const succeeded: Look = { JobRunState: "SUCCEEDED", ExecutionTime: 62, DPUSeconds: 124 };

/** A table of the catalog as Glue describes it. */
export function parquetTable(name: string, columns: Record<string, string> = { id: "int" }): object {
	return {
		Name: name,
		StorageDescriptor: {
			Location: `s3://${outputs.buckets.processed}/${name}/`,
			Columns: Object.entries(columns).map(([column, type]) => ({ Name: column, Type: type })),
			SerdeInfo: { SerializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
		},
		PartitionKeys: [],
		Parameters: {},
	};
}
