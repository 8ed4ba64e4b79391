import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import type { Check } from "../../port.ts";
import { isAwsError } from "../client/awsError.ts";
import type { Clients } from "../client/clients.ts";
import { couldNotCheck, isFinding, notChecked } from "./checks.ts";

/** A serverless warehouse takes TLS only by default, which the program does not state: AWS would refuse it at every update. */
export async function warehouseChecks(clients: Clients, { warehouse }: PipelineOutputs): Promise<Check[]> {
	if (warehouse === null || warehouse.kind !== "serverless") return [];
	const client = await clients.redshiftServerless();
	const { GetWorkgroupCommand } = await import("@aws-sdk/client-redshift-serverless");
	const { workgroup } = await client.send(new GetWorkgroupCommand({ workgroupName: warehouse.identifier }));
	const value = workgroup?.configParameters?.find(({ parameterKey }) => parameterKey === "require_ssl")?.parameterValue;
	const name = "TLS for the warehouse";
	if (value === undefined)
		return [notChecked(name, "the workgroup does not report it", "Check require_ssl in the Redshift console.")];
	if (value === "true") return [{ name, ok: true, found: "require_ssl = true" }];
	const update = `aws redshift-serverless update-workgroup --workgroup-name ${warehouse.identifier} --config-parameters parameterKey=require_ssl,parameterValue=true`;
	return [{ name, ok: false, found: `require_ssl = ${value}`, fix: update }];
}

/** What is left to do after the deployment, and what QuickSight needs where it is to read the warehouse. */
export async function dashboardChecks(clients: Clients, deployment: PipelineOutputs): Promise<Check[]> {
	const { leftToDo = [] } = deployment;
	const left = leftToDo.map(
		({ text }, index): Check => ({
			name: `left to do ${index + 1}`,
			ok: true,
			found: "after the deployment",
			warning: text,
		}),
	);
	if (left.length === 0 && deployment.dashboards === null) return [];
	return [
		...left,
		await subscription(clients, deployment),
		...(left.length === 0 ? [] : [await secretRights(clients, deployment)]),
	];
}

async function subscription(clients: Clients, { accountId }: PipelineOutputs): Promise<Check> {
	const name = "QuickSight";
	const fix = "Subscribe the account to QuickSight Enterprise in its console, or with quickSightSubscribe.";
	const client = await clients.quicksight();
	const { DescribeAccountSubscriptionCommand } = await import("@aws-sdk/client-quicksight");
	try {
		const input = { AwsAccountId: accountId };
		const { AccountInfo: info } = await client.send(new DescribeAccountSubscriptionCommand(input));
		const found = `${info?.Edition ?? "no edition"}, ${info?.AccountSubscriptionStatus ?? "no status"}`;
		const ok = info?.Edition !== undefined && info.Edition !== "STANDARD" && isActive(info.AccountSubscriptionStatus);
		return { name, ok, found, ...(ok ? {} : { fix }) };
	} catch (error) {
		if (isAwsError(error, "ResourceNotFoundException")) return { name, ok: false, found: "not subscribed", fix };
		// Who reads the dashboards need not be allowed to look at the subscription.
		if (isFinding(error)) return couldNotCheck(name, error);
		throw error;
	}
}

/** Made by QuickSight once its administrator has opened a secret to it. */
const secretRole = "aws-quicksight-secretsmanager-role-v0";

/** Whether QuickSight could log in now. What is missing is still to be done, and no fault yet. */
async function secretRights(clients: Clients, { warehouse, keyArn }: PipelineOutputs): Promise<Check> {
	const name = "QuickSight's access to the reader's secret";
	const iam = await clients.iam();
	const { GetRoleCommand, SimulatePrincipalPolicyCommand } = await import("@aws-sdk/client-iam");
	try {
		const { Role: role } = await iam.send(new GetRoleCommand({ RoleName: secretRole }));
		const needed = [
			["secretsmanager:GetSecretValue", warehouse?.readerSecretArn ?? "*"],
			["kms:Decrypt", keyArn],
		] as const;
		const missing: string[] = [];
		for (const [action, resource] of needed) {
			const input = { PolicySourceArn: role?.Arn, ActionNames: [action], ResourceArns: [resource] };
			const { EvaluationResults: results = [] } = await iam.send(new SimulatePrincipalPolicyCommand(input));
			if (results.some(({ EvalDecision: decision }) => decision !== "allowed"))
				missing.push(`${action} on ${resource}`);
		}
		if (missing.length === 0) return { name, ok: true, found: "allowed" };
		return { name, ok: true, found: "no access yet", warning: `Allow ${missing.join(" and ")} for ${secretRole}.` };
	} catch (error) {
		if (isAwsError(error, "NoSuchEntity", "NoSuchEntityException")) {
			return { name, ok: true, found: `no access yet: the role ${secretRole} does not exist` };
		}
		if (isFinding(error)) return couldNotCheck(name, error);
		throw error;
	}
}

function isActive(status: string | undefined): boolean {
	return status !== undefined && !/UNSUBSCRIBE|IN_PROGRESS|FAILED/.test(status);
}
