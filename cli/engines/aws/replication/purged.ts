import type { Table } from "@aws-sdk/client-glue";
import { lake } from "../../../../etl/contract/contract.ts";
import type { SourceRules } from "../../../../etl/definition/sourceRules.ts";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { PipelineError } from "../../../common/errors.ts";
import type { Context } from "../../port.ts";
import { isAwsError } from "../client/awsError.ts";
import type { Clients } from "../client/clients.ts";
import { removeObjects } from "../client/removeObjects.ts";
import { delivered } from "./delivered.ts";

/** @throws PipelineError where the deployed task has other rules than the definition: it would load by those. */
export function requireDeployed({ replication }: PipelineOutputs, current: SourceRules): void {
	if (replication.rules === JSON.stringify(current)) return;
	throw new PipelineError("usage", {
		what: "The replication task does not have the current rules of the definition.",
		why: "The definition was edited after the last deployment, so DMS would load tables with the old rules.",
		fix: "Deploy it, then repeat the command.",
		next: "pulumi up",
	});
}

/**
 * Removes all that the raw zone has of tables, also what Firehose still brings and what it could not deliver. That is done before
 * what was made of them: a run that the schedule starts meanwhile finds nothing to make it of again.
 * @param stoppedAt since when the task sends nothing.
 */
export async function removeRaw(
	clients: Clients,
	{ buckets, replication }: PipelineOutputs,
	stoppedAt: Date,
	tables: readonly { schema: string; table: string }[],
	context: Context,
): Promise<void> {
	if (replication.deliveryStreamName !== null)
		await delivered(clients, replication.deliveryStreamName, stoppedAt, context);
	for (const { schema, table } of tables) await removeObjects(clients, buckets.raw, `${schema}/${table}/`);
	// Firehose cannot say of which table a record is that it could not deliver.
	await removeObjects(clients, buckets.raw, `${lake.replicationErrors}/`);
}

/**
 * Takes out of the catalog what was removed: Iceberg tables whose metadata is gone, to which nobody could write, and change logs
 * of tables. The jobs register those again that they write again.
 */
export async function dropTables(
	clients: Clients,
	{ catalog, buckets }: PipelineOutputs,
	purged: readonly { schema: string; table: string }[],
): Promise<void> {
	const { DeleteTableCommand, paginateGetTables } = await import("@aws-sdk/client-glue");
	const { HeadObjectCommand } = await import("@aws-sdk/client-s3");
	const [glue, s3] = [await clients.glue(), await clients.s3()];
	const root = `s3://${buckets.processed}/`;
	const logs = new Set(purged.map(({ schema, table }) => `${root}${lake.changeLog(schema, table)}/`));
	const isGone = async ({ Parameters: parameters = {}, StorageDescriptor: storage }: Table): Promise<boolean> => {
		const metadata = parameters.metadata_location;
		if (metadata === undefined) return logs.has(storage?.Location ?? "");
		if (!metadata.startsWith(root)) return false;
		try {
			await s3.send(new HeadObjectCommand({ Bucket: buckets.processed, Key: metadata.slice(root.length) }));
			return false;
		} catch (error) {
			if (!isAwsError(error, "NotFound") && !isAwsError(error, "NoSuchKey")) throw error;
			return true;
		}
	};
	// All pages first: a list does not stay the same while tables are taken out of it.
	const found: Table[] = [];
	const pages = paginateGetTables({ client: glue }, { DatabaseName: catalog.database });
	for await (const { TableList: tables = [] } of pages) found.push(...tables);
	for (const table of found) {
		if (!(await isGone(table))) continue;
		await glue.send(new DeleteTableCommand({ DatabaseName: catalog.database, Name: table.Name }));
	}
}
