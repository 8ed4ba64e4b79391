import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import type { WarehouseStatus } from "../../port.ts";
import type { Clients } from "../client/clients.ts";

/**
 * State of the workgroup or cluster, in AWS's word; undefined where the stack has none. Asked is the service that manages
 * it: a query would wake Redshift Serverless, and cost.
 * https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_GetWorkgroup.html
 * https://docs.aws.amazon.com/redshift/latest/APIReference/API_DescribeClusters.html
 */
export async function warehouseStatus(
	clients: Clients,
	{ warehouse }: PipelineOutputs,
): Promise<WarehouseStatus | undefined> {
	if (warehouse === null) return undefined;
	const { kind, identifier } = warehouse;
	const state = await (kind === "serverless" ? workgroupState : clusterState)(clients, identifier);
	return { state: state ?? "none", text: `${identifier}, Redshift ${kind}` };
}

async function workgroupState(clients: Clients, workgroupName: string): Promise<string | undefined> {
	const { GetWorkgroupCommand } = await import("@aws-sdk/client-redshift-serverless");
	const client = await clients.redshiftServerless();
	return (await client.send(new GetWorkgroupCommand({ workgroupName }))).workgroup?.status;
}

async function clusterState(clients: Clients, ClusterIdentifier: string): Promise<string | undefined> {
	const { DescribeClustersCommand } = await import("@aws-sdk/client-redshift");
	const client = await clients.redshift();
	return (await client.send(new DescribeClustersCommand({ ClusterIdentifier }))).Clusters?.[0]?.ClusterStatus;
}
