import type { DescribeStatementResponse, Field, RedshiftDataClient, StatusString } from "@aws-sdk/client-redshift-data";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { PipelineError } from "../../../common/errors.ts";
import type { Context, QueryResult } from "../../port.ts";
import { lineAndColumn, sqlPlace } from "../../shared/sqlPlace.ts";
import { pollOrStop } from "../client/poll.ts";

export type WarehouseOutputs = NonNullable<PipelineOutputs["warehouse"]>;

/**
 * States of a statement: still going, or how it ended. `ALL` is a filter of the API and no state.
 * https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_DescribeStatement.html
 */
export const statementStates: Readonly<Record<StatusString, "going" | "done" | "failed" | "aborted" | "none">> = {
	SUBMITTED: "going",
	PICKED: "going",
	STARTED: "going",
	FINISHED: "done",
	FAILED: "failed",
	ABORTED: "aborted",
	ALL: "none",
};

/**
 * Runs SQL by the Data API, as the user of `secretArn`, and waits for its end; several statements are one transaction.
 * @returns the statement's id, by which its result can be read.
 */
export async function execute(
	client: RedshiftDataClient,
	warehouse: WarehouseOutputs,
	sql: string | readonly string[],
	context: Context,
): Promise<DescribeStatementResponse> {
	const { BatchExecuteStatementCommand, CancelStatementCommand, DescribeStatementCommand, ExecuteStatementCommand } =
		await import("@aws-sdk/client-redshift-data");
	const where = {
		...(warehouse.kind === "serverless"
			? { WorkgroupName: warehouse.identifier }
			: { ClusterIdentifier: warehouse.identifier }),
		Database: warehouse.database,
		SecretArn: warehouse.secretArn,
	};
	const { Id: id } =
		typeof sql === "string"
			? await client.send(new ExecuteStatementCommand({ ...where, Sql: sql }))
			: await client.send(new BatchExecuteStatementCommand({ ...where, Sqls: [...sql] }));
	const look = async (): Promise<DescribeStatementResponse | undefined> => {
		const found = await client.send(new DescribeStatementCommand({ Id: id }));
		const state = found.Status ?? "none";
		const meaning = Object.hasOwn(statementStates, state) ? statementStates[state as StatusString] : "none";
		if (meaning === "going") return undefined;
		if (meaning === "done") return found;
		throw failed(typeof sql === "string" ? sql : sql.join(";\n"), meaning, found);
	};
	return pollOrStop(context, `The statement ${id}`, look, (options) =>
		client.send(new CancelStatementCommand({ Id: id }), options),
	);
}

function failed(statement: string, meaning: string, { Status: status, Error: error }: DescribeStatementResponse) {
	// Whoever knows the hash of a password can log in with it.
	const sql = statement.replaceAll(/(?<=PASSWORD ')[^']*/g, "***");
	if (meaning === "none") {
		return new PipelineError("failure", {
			what: `Redshift reports an unknown state of the statement: ${status ?? "none"}.`,
			fix: "Check the statement in the query editor. A newer pipeline-cli may recognise this state.",
		});
	}
	if (meaning === "aborted") {
		return new PipelineError("failure", {
			what: "The statement was aborted.",
			why: error,
			fix: "Somebody cancelled it, or the warehouse stopped. Run it again.",
		});
	}
	const position = /Position: (\d+)/.exec(error ?? "")?.[1];
	const place = position === undefined ? undefined : sqlPlace(sql, ...lineAndColumn(sql, Number(position)));
	const faulty = place !== undefined || /syntax error|does not exist|permission denied/i.test(error ?? "");
	return new PipelineError(faulty ? "usage" : "failure", {
		what: error ?? "The statement failed.",
		why: place ?? sql.slice(0, 300),
		fix: "Correct the statement. If a view or schema is missing, apply the warehouse first.",
		next: "pipeline-cli warehouse apply",
	});
}

/** Columns and rows of a statement that finished, page by page. */
export async function readStatement(
	client: RedshiftDataClient,
	{ Id: id, Duration: nanoseconds = 0, HasResultSet: hasResult }: DescribeStatementResponse,
): Promise<QueryResult> {
	const result: QueryResult = { columns: [], rows: [], seconds: nanoseconds / 1e9 };
	if (hasResult !== true) return result;
	const { paginateGetStatementResult } = await import("@aws-sdk/client-redshift-data");
	for await (const page of paginateGetStatementResult({ client }, { Id: id })) {
		if (result.columns.length === 0) {
			result.columns = (page.ColumnMetadata ?? []).map(({ name = "", typeName: type = "" }) => ({ name, type }));
		}
		result.rows.push(...(page.Records ?? []).map((record) => record.map(plain)));
	}
	return result;
}

function plain(field: Field): unknown {
	if (field.isNull === true) return null;
	if (field.longValue !== undefined) {
		return Number.isSafeInteger(field.longValue) ? field.longValue : String(field.longValue);
	}
	if (field.blobValue !== undefined) return Buffer.from(field.blobValue).toString("hex");
	return field.booleanValue ?? field.doubleValue ?? field.stringValue ?? null;
}
