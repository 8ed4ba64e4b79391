import type { PipelineOutputs } from "../../../infra/outputs.ts";
import type { Logs } from "../port.ts";
import type { Clients } from "./client/clients.ts";
import { lastLines } from "./client/cloudWatchLogs.ts";
import { driverLines, runLink } from "./jobs/driverLog.ts";
import { glueName, runsOf } from "./jobs/glueRuns.ts";
import { taskLogStream } from "./replication/taskLog.ts";

/** The logs in CloudWatch. */
export class AwsLogs implements Logs {
	readonly parts: readonly string[];
	readonly #clients: Clients;
	readonly #deployment: PipelineOutputs;

	constructor(clients: Clients, deployment: PipelineOutputs, jobs: readonly { name: string }[]) {
		this.parts = [
			"replication",
			...(deployment.catalog.crawler === null ? [] : ["crawler"]),
			...jobs.map(({ name }) => name),
		];
		this.#clients = clients;
		this.#deployment = deployment;
	}

	async read(part: string, lines: number): Promise<{ log: string; lines: string[] }> {
		if (part === "replication") {
			const { logGroup, taskArn } = this.#deployment.replication;
			return this.#stream(logGroup, taskLogStream(taskArn), lines);
		}
		const { crawler } = this.#deployment.catalog;
		if (part === "crawler" && crawler !== null) return this.#lastCrawl(crawler, lines);
		const [newest] = await runsOf(await this.#clients.glue(), this.#deployment, part);
		const name = glueName(this.#deployment, part);
		if (newest === undefined) return { log: `no run of ${name} yet`, lines: [] };
		const id = newest.Id ?? "";
		const found = await driverLines(await this.#clients.logs(), this.#deployment.jobLogGroups, id, lines);
		const log = runLink(this.#deployment.region, name, id);
		return { log, lines: found.map(({ text }) => text) };
	}

	/** With a security configuration the group's name has it and the role: Glue says where it wrote. */
	async #lastCrawl(name: string, lines: number): Promise<{ log: string; lines: string[] }> {
		const { GetCrawlerCommand } = await import("@aws-sdk/client-glue");
		const { Crawler } = await (await this.#clients.glue()).send(new GetCrawlerCommand({ Name: name }));
		const { LogGroup: group, LogStream: stream } = Crawler?.LastCrawl ?? {};
		if (group === undefined || stream === undefined) return { log: `no crawl of ${name} yet`, lines: [] };
		return this.#stream(group, stream, lines);
	}

	async #stream(group: string, stream: string, lines: number): Promise<{ log: string; lines: string[] }> {
		const found = (await lastLines(await this.#clients.logs(), group, stream, lines)) ?? [];
		return { log: `${group} ${stream}`, lines: found.map(({ time, text }) => `${time} ${text}`) };
	}
}
