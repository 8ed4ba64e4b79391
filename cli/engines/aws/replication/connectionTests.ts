import type { Connection, DatabaseMigrationServiceClient } from "@aws-sdk/client-database-migration-service";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import { PipelineError } from "../../../common/errors.ts";
import { together } from "../../../common/together.ts";
import { unlessPlanned } from "../../plan.ts";
import type { Context } from "../../port.ts";
import { isAwsError } from "../client/awsError.ts";
import { poll } from "../client/poll.ts";

/** Looks for which an old result may still be shown after a new test began. */
const staleLooks = 3;

/**
 * Has the replication instance connect to both endpoints and waits until both are `successful`; without that a task does not
 * start. https://docs.aws.amazon.com/dms/latest/APIReference/API_TestConnection.html
 * @throws PipelineError with the endpoint's own failure message.
 */
export async function testConnections(
	client: DatabaseMigrationServiceClient,
	{ replication, source }: PipelineOutputs,
	context: Context,
): Promise<void> {
	const ends = [
		["source", replication.sourceEndpointArn],
		["target", replication.targetEndpointArn],
	] as const;
	await together(ends, context, ([name, endpoint], inner) =>
		inner.reporter.task(`Test the connection to the ${name}`, (update) =>
			testConnection(client, { name, endpoint, instance: replication.instanceArn, kind: source.kind }, update, inner),
		),
	);
}

interface End {
	name: string;
	endpoint: string;
	instance: string;
	/** Of the source. */
	kind: PipelineOutputs["source"]["kind"];
}

async function testConnection(
	client: DatabaseMigrationServiceClient,
	end: End,
	update: (detail: string) => void,
	context: Context,
): Promise<void> {
	const { TestConnectionCommand } = await import("@aws-sdk/client-database-migration-service");
	const started = await unlessPlanned(async () => {
		try {
			await client.send(new TestConnectionCommand({ ReplicationInstanceArn: end.instance, EndpointArn: end.endpoint }));
		} catch (error) {
			// A test is already running: its result is as good.
			if (!isAwsError(error, "InvalidResourceStateFault") || !/test/i.test(String(error))) throw error;
		}
		return true;
	}, false);
	if (!started) return;
	let testing = false;
	let looks = 0;
	await poll(context.signal, async () => {
		const connection = await find(client, end);
		const status = connection?.Status ?? "testing";
		looks += 1;
		update(status);
		if (status === "testing") testing = connection !== undefined;
		else if (status === "successful") return true;
		else if (status === "failed") {
			if (testing || looks >= staleLooks) throw failed(end, connection?.LastFailureMessage);
		} else if (status === "deleting") throw failed(end, "The connection is being deleted.");
		else throw failed(end, `DMS reports an unknown state: ${status}.`);
		return undefined;
	});
}

async function find(client: DatabaseMigrationServiceClient, end: End): Promise<Connection | undefined> {
	const { DescribeConnectionsCommand } = await import("@aws-sdk/client-database-migration-service");
	try {
		const { Connections: connections = [] } = await client.send(
			new DescribeConnectionsCommand({
				Filters: [
					{ Name: "endpoint-arn", Values: [end.endpoint] },
					{ Name: "replication-instance-arn", Values: [end.instance] },
				],
			}),
		);
		return connections.find(({ EndpointArn: arn }) => arn === end.endpoint);
	} catch (error) {
		// The test's result is not visible immediately.
		if (isAwsError(error, "ResourceNotFoundFault")) return undefined;
		throw error;
	}
}

function failed(end: End, why: string | undefined): PipelineError {
	return new PipelineError("failure", {
		what: `The replication instance cannot connect to the ${end.name}.`,
		why,
		fix: fixOf(end),
		next: "pipeline-cli doctor",
	});
}

function fixOf({ name, kind }: End): string {
	if (name !== "source")
		return "Check the bucket, its key and the role of the target endpoint, then repeat the command.";
	if (kind !== "ec2")
		return "Check that the database is running, and check its secret, grants and security group. Then repeat the command.";
	// Its start script runs once.
	return "Wait some minutes after the first deployment, then check /var/log/cloud-init-output.log on the instance. To run its start script again, replace the instance: pulumi up --replace (docs/aws.md, Changes).";
}
