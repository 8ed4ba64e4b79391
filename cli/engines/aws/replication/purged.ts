import type { SourceRules } from "../../../../etl/definition/sourceRules.ts";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { PipelineError } from "../../../common/errors.ts";
import { isAwsError } from "../client/awsError.ts";
import type { Clients } from "../client/clients.ts";

/** @throws PipelineError where the deployed task has other rules than the definition: it would load by those. */
export function requireDeployed({ replication }: PipelineOutputs, current: SourceRules): void {
	if (replication.rules === JSON.stringify(current)) return;
	throw new PipelineError("usage", {
		what: "The replication task has not the rules that the definition has now.",
		why: "The definition was edited after the last deployment; DMS would load by the rules of before.",
		fix: "Deploy it, then repeat.",
		next: "pulumi up",
	});
}

/** Takes Iceberg tables whose metadata was removed out of the catalog: nobody could write to them. The jobs register them again. */
export async function dropTables(clients: Clients, { catalog, buckets }: PipelineOutputs): Promise<void> {
	const { DeleteTableCommand, paginateGetTables } = await import("@aws-sdk/client-glue");
	const { HeadObjectCommand } = await import("@aws-sdk/client-s3");
	const [glue, s3] = [await clients.glue(), await clients.s3()];
	const root = `s3://${buckets.processed}/`;
	for await (const { TableList: tables = [] } of paginateGetTables(
		{ client: glue },
		{ DatabaseName: catalog.database },
	)) {
		for (const { Name, Parameters: parameters = {} } of tables) {
			const metadata = parameters.metadata_location;
			if (Name === undefined || metadata === undefined || !metadata.startsWith(root)) continue;
			try {
				await s3.send(new HeadObjectCommand({ Bucket: buckets.processed, Key: metadata.slice(root.length) }));
			} catch (error) {
				if (!isAwsError(error, "NotFound") && !isAwsError(error, "NoSuchKey")) throw error;
				await glue.send(new DeleteTableCommand({ DatabaseName: catalog.database, Name }));
			}
		}
	}
}
