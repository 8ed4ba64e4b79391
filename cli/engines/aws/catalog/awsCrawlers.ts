import type { Crawler, CrawlerState, GlueClient, LastCrawlStatus } from "@aws-sdk/client-glue";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { PipelineError } from "../../../common/errors.ts";
import { unlessPlanned } from "../../plan.ts";
import type { CatalogTable, Context, Crawlers } from "../../port.ts";
import { isAwsError } from "../client/awsError.ts";
import type { Clients } from "../client/clients.ts";
import { poll } from "../client/poll.ts";
import { catalogTable, glueTables } from "./glueTables.ts";

/** Seconds after a start for which the crawl before it may still be shown. */
const staleSeconds = 60;

/**
 * States of a crawler: at rest, or at work.
 * https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler-crawling.html
 */
export const crawlerStates: Readonly<Record<CrawlerState, "ready" | "going">> = {
	READY: "ready",
	RUNNING: "going",
	/** Writes what it found into the catalog. */
	STOPPING: "going",
};

/** How a crawl ended. */
export const lastCrawlStates: Readonly<Record<LastCrawlStatus, "done" | "failed">> = {
	SUCCEEDED: "done",
	CANCELLED: "failed",
	FAILED: "failed",
};

/** The stack's catalog, and its crawler where it has one: most tables are registered by the jobs that write them. */
export class AwsCrawlers implements Crawlers {
	readonly #clients: Clients;
	readonly #deployment: PipelineOutputs;

	constructor(clients: Clients, deployment: PipelineOutputs) {
		this.#clients = clients;
		this.#deployment = deployment;
	}

	async crawl(context: Context): Promise<{ database: string; tables: CatalogTable[]; removed: string[] }> {
		const glue = await this.#clients.glue();
		const { database, crawler: name } = this.#deployment.catalog;
		const tablesBefore = await glueTables(glue, database);
		if (name !== null) await this.#run(glue, name, context);
		const tables = await glueTables(glue, database);
		return {
			database,
			tables: [...tables.values()].map((table) => catalogTable(table, tablesBefore.get(table.Name ?? ""))),
			removed: [...tablesBefore.keys()].filter((table) => !tables.has(table)),
		};
	}

	async #run(glue: GlueClient, name: string, context: Context): Promise<void> {
		const before = await crawlerOf(glue, name);
		const begun = await unlessPlanned(() => start(glue, name), "planned");
		if (begun === "planned") return;
		context.ongoing?.set(name, {
			what: `Glue crawler ${name}.`,
			stop: `aws glue stop-crawler --region ${this.#deployment.region} --name ${name}`,
		});
		await wait(glue, name, begun === "started" ? before : undefined, context);
	}

	async registered(): ReturnType<Crawlers["registered"]> {
		const { database } = this.#deployment.catalog;
		const tables = await glueTables(await this.#clients.glue(), database);
		return {
			database,
			tables: [...tables.values()].map((table) => {
				const { name, format, location } = catalogTable(table, undefined);
				return { name, format, location };
			}),
		};
	}
}

async function start(glue: GlueClient, name: string): Promise<"started" | "joined"> {
	const { StartCrawlerCommand } = await import("@aws-sdk/client-glue");
	try {
		await glue.send(new StartCrawlerCommand({ Name: name }));
		return "started";
	} catch (error) {
		if (isAwsError(error, "CrawlerRunningException")) return "joined";
		throw error;
	}
}

async function crawlerOf(glue: GlueClient, name: string): Promise<Crawler> {
	const { GetCrawlerCommand } = await import("@aws-sdk/client-glue");
	return (await glue.send(new GetCrawlerCommand({ Name: name }))).Crawler ?? {};
}

/** @param before the crawler before its start, whose last crawl may still be shown for a while. */
async function wait(glue: GlueClient, name: string, before: Crawler | undefined, context: Context): Promise<void> {
	const startedAt = Date.now();
	let seenGoing = false;
	await poll(context.signal, async () => {
		const crawler = await crawlerOf(glue, name);
		const state = crawler.State;
		if (state === undefined || !Object.hasOwn(crawlerStates, state)) throw unknown("crawler", state, crawler);
		if (crawlerStates[state] === "going") {
			seenGoing = true;
			return undefined;
		}
		const last = crawler.LastCrawl;
		const same = before !== undefined && last?.StartTime?.getTime() === before.LastCrawl?.StartTime?.getTime();
		if (same && !seenGoing && Date.now() - startedAt < staleSeconds * 1000) return undefined;
		if (last?.Status === undefined || !Object.hasOwn(lastCrawlStates, last.Status)) {
			throw unknown("crawl", last?.Status, crawler);
		}
		context.ongoing?.delete(name);
		if (lastCrawlStates[last.Status] === "done") return true;
		throw new PipelineError("failure", {
			what: `The crawl ended with status ${last.Status}.`,
			why: last.ErrorMessage,
			fix: `Check the log ${last.LogGroup ?? ""} ${last.LogStream ?? ""}, fix the cause, then crawl again.`,
			next: "pipeline-cli logs crawler",
		});
	});
}

function unknown(what: string, state: string | undefined, crawler: Crawler): PipelineError {
	return new PipelineError("failure", {
		what: `Glue reports an unknown state of the ${what}: ${state ?? "none"}.`,
		why: `Crawler ${crawler.Name}`,
		fix: "Check the crawler in the Glue console. A newer pipeline-cli may recognise this state.",
		next: "pipeline-cli status",
	});
}
