import type { AthenaClient, QueryExecution, QueryExecutionState } from "@aws-sdk/client-athena";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { PipelineError } from "../../../common/errors.ts";
import { refuseWriting } from "../../../common/readingStatement.ts";
import type { Context, Query, QueryOptions, QueryResult } from "../../port.ts";
import { sqlPlace } from "../../shared/sqlPlace.ts";
import type { Clients } from "../client/clients.ts";
import { pollOrStop } from "../client/poll.ts";
import { readResult } from "./athenaResult.ts";

/**
 * States of a query: still going, or how it ended.
 * https://docs.aws.amazon.com/athena/latest/APIReference/API_QueryExecutionStatus.html
 */
export const queryStates: Readonly<Record<QueryExecutionState, "going" | "done" | "failed" | "cancelled">> = {
	QUEUED: "going",
	RUNNING: "going",
	SUCCEEDED: "done",
	FAILED: "failed",
	CANCELLED: "cancelled",
};

/** Price of a scanned TB in us-east-1, and the least that a query is charged for. https://aws.amazon.com/athena/pricing/ */
const price = { usdPerTerabyte: 5, leastBytes: 10e6 } as const;

/** Dollars of a query by the bytes that it scans; one that scans nothing, such as SHOW TABLES, is free. */
export function priceOf(scannedBytes: number): number {
	return scannedBytes === 0 ? 0 : (Math.max(scannedBytes, price.leastBytes) / 1e12) * price.usdPerTerabyte;
}

/** SQL on the lake by Athena, in the stack's workgroup and database. */
export class AthenaQuery implements Query {
	readonly #clients: Clients;
	readonly #deployment: PipelineOutputs;

	constructor(clients: Clients, deployment: PipelineOutputs) {
		this.#clients = clients;
		this.#deployment = deployment;
	}

	async run(sql: string, context: Context, options: QueryOptions = {}): Promise<QueryResult> {
		refuseWriting(sql);
		const client = await this.#clients.athena();
		const id = await this.#start(client, sql, options);
		const execution = await this.#ended(client, id, context);
		const state = execution.Status?.State;
		if (state !== "SUCCEEDED") throw failed(sql, execution);
		const statistics = execution.Statistics ?? {};
		const scanned = statistics.DataScannedInBytes ?? 0;
		const reused = statistics.ResultReuseInformation?.ReusedPreviousResult === true;
		return {
			...(await readResult(client, id, execution.StatementType)),
			seconds: (statistics.TotalExecutionTimeInMillis ?? 0) / 1000,
			scannedBytes: scanned,
			usd: reused ? 0 : priceOf(scanned),
			reused,
		};
	}

	async #start(client: AthenaClient, sql: string, { reuseMinutes }: QueryOptions): Promise<string> {
		const { StartQueryExecutionCommand } = await import("@aws-sdk/client-athena");
		const { QueryExecutionId: id = "" } = await client.send(
			new StartQueryExecutionCommand({
				QueryString: sql,
				WorkGroup: this.#deployment.athena.workgroup,
				QueryExecutionContext: { Database: this.#deployment.catalog.database },
				...(reuseMinutes === undefined
					? {}
					: {
							ResultReuseConfiguration: {
								ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: reuseMinutes },
							},
						}),
			}),
		);
		return id;
	}

	/** The query at its end; one whose user leaves is stopped, since it would go on costing. */
	async #ended(client: AthenaClient, id: string, context: Context): Promise<QueryExecution> {
		const { GetQueryExecutionCommand, StopQueryExecutionCommand } = await import("@aws-sdk/client-athena");
		const look = async (): Promise<QueryExecution | undefined> => {
			const { QueryExecution: found = {} } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
			const state = found.Status?.State ?? "none";
			if (!isState(state)) throw unknownState(id, state);
			return queryStates[state] === "going" ? undefined : found;
		};
		return pollOrStop(context, `The query ${id}`, look, (options) =>
			client.send(new StopQueryExecutionCommand({ QueryExecutionId: id }), options),
		);
	}
}

function isState(state: string): state is QueryExecutionState {
	return Object.hasOwn(queryStates, state);
}

function unknownState(id: string, state: string): PipelineError {
	return new PipelineError("failure", {
		what: `Athena reports an unknown state of the query: ${state}.`,
		why: `Query ${id}`,
		fix: "Check the query in the Athena console. A newer pipeline-cli may recognise this state.",
	});
}

/** Athena's categories of errors: 1 the system, 2 the user, 3 other. */
const userError = 2;

function failed(sql: string, execution: QueryExecution): PipelineError {
	const { State: state, StateChangeReason: reason, AthenaError: error } = execution.Status ?? {};
	if (state === "CANCELLED") {
		return new PipelineError("failure", {
			what: "The query was cancelled.",
			why: reason ?? "Somebody stopped it, or it exceeded a limit of the workgroup.",
			fix: "Run it again. If it scans too much data, narrow it.",
		});
	}
	const words = reason ?? error?.ErrorMessage ?? "";
	const [, line, column] = /line (\d+):(\d+)/.exec(words) ?? [];
	const place = line === undefined ? undefined : sqlPlace(sql, Number(line), Number(column));
	const missing = /TABLE_NOT_FOUND|does not exist|COLUMN_NOT_FOUND|cannot be resolved/i.test(words);
	const faulty = error?.ErrorCategory === userError || place !== undefined || missing;
	return new PipelineError(faulty ? "usage" : "failure", {
		what: words === "" ? "The query failed." : words,
		why: place,
		fix: missing
			? "Check the name. A table appears in the catalog only after a crawl."
			: faulty
				? "Correct the statement."
				: "Repeat the query. If it fails again, check it in the Athena console.",
		...(missing ? { next: 'pipeline-cli query "SHOW TABLES"' } : {}),
	});
}
