import { createHash } from "node:crypto";
import type { TableName } from "../../../etl/contract/pipeline/values.ts";
import { messageOf, PipelineError } from "../../common/errors.ts";
import type { Context, SourceConnection } from "../../engines/port.ts";
import { arrival } from "./arrival.ts";

/** Milliseconds between looks whether the other has ended. */
const lookInterval = 500;

/**
 * Works while no other verify-cdc, from whatever machine, writes into the table: the server keeps the lock, and ends it with the
 * connection.
 */
export async function alone<T>(
	source: SourceConnection,
	{ schema, table }: TableName,
	context: Context,
	work: () => Promise<T>,
): Promise<T> {
	// The server's names of locks are short.
	const name = `pipeline-cli ${createHash("sha256").update(`${schema}.${table}`).digest("hex").slice(0, 32)}`;
	const take = async (): Promise<true | undefined> => {
		const [row] = await source.query("SELECT GET_LOCK(?, 0) AS got", [name]);
		return Number(row?.got) === 1 ? true : undefined;
	};
	const isFree = await take().catch((error: unknown) => {
		if (error instanceof PipelineError) throw error;
		// A cluster that has no such locks.
		context.reporter.warn(`Cannot check whether another verify-cdc is running: ${messageOf(error)}`);
		return true;
	});
	if (isFree === undefined) {
		const awaited = {
			title: "the other verify-cdc",
			what: "another verify-cdc, which writes to the same table, to end",
		};
		const late = { fix: "Wait until it ends, or stop it.", next: "pipeline-cli verify-cdc" };
		await arrival(context, { ...awaited, late }, lookInterval, take);
	}
	try {
		return await work();
	} finally {
		// The end of the connection releases it, too.
		await source.query("SELECT RELEASE_LOCK(?)", [name]).catch(() => undefined);
	}
}
