import type { IAMClient } from "@aws-sdk/client-iam";
import type { PipelineOutputs } from "../../../../infra/outputs.ts";
import type { Check } from "../../port.ts";
import type { Clients } from "../client/clients.ts";
import { couldNotCheck, isFinding, notChecked } from "./checks.ts";
import { neededActions } from "./neededActions.ts";

const name = "permissions";

/** Who calls, by STS. */
export async function callerOf(clients: Clients): Promise<{ arn: string; account: string }> {
	const sts = await clients.sts();
	const { GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
	const { Arn: arn = "", Account: account = "" } = await sts.send(new GetCallerIdentityCommand({}));
	return { arn, account };
}

export async function identityCheck(clients: Clients, { accountId }: PipelineOutputs): Promise<Check[]> {
	const { arn, account } = await callerOf(clients);
	const same = account === accountId;
	return [
		{ name: "credentials", ok: true, found: arn },
		{
			name: "account",
			ok: same,
			found: same ? account : `${account}; the stack is in account ${accountId}`,
			...(same ? {} : { fix: "Choose a profile of the stack's account with --profile." }),
		},
	];
}

/** Asks IAM what it would say, without making the calls. Who may not ask IAM may still do everything else. */
export async function permissionChecks(clients: Clients, deployment: PipelineOutputs): Promise<Check[]> {
	const { arn } = await callerOf(clients);
	const reason = unasked(arn);
	if (reason !== undefined)
		return [notChecked(name, reason, "Run doctor as the user or role whose permissions you want to check.")];
	const iam = await clients.iam();
	try {
		const principal = await principalOf(iam, arn);
		return [await simulated(iam, principal, deployment)];
	} catch (error) {
		// Refused, or of a role that is in another account, or that was made again while the session lasts.
		if (isFinding(error)) return [couldNotCheck(name, error)];
		throw error;
	}
}

/** Why IAM cannot be asked about a caller; undefined where it can. */
function unasked(arn: string): string | undefined {
	if (arn.endsWith(":root")) return "the account's root user, which IAM does not simulate";
	if (/^arn:[\w-]+:sts::\d+:federated-user\//.test(arn)) return "a federated user, which IAM does not simulate";
	return undefined;
}

/**
 * A session of a role is not simulated; its role is. The session's ARN has the role's name and not its path, which every
 * role of IAM Identity Center has (`/aws-reserved/sso.amazonaws.com/…`): only IAM knows the whole.
 */
async function principalOf(iam: IAMClient, arn: string): Promise<string> {
	const [, role] = /^arn:[\w-]+:sts::\d+:assumed-role\/([^/]+)\//.exec(arn) ?? [];
	if (role === undefined) return arn;
	const { GetRoleCommand } = await import("@aws-sdk/client-iam");
	const { Role: found } = await iam.send(new GetRoleCommand({ RoleName: role }));
	return found?.Arn ?? arn;
}

async function simulated(iam: IAMClient, principal: string, deployment: PipelineOutputs): Promise<Check> {
	const { paginateSimulatePrincipalPolicy } = await import("@aws-sdk/client-iam");
	const denied: string[] = [];
	let asked = 0;
	// One after the other: IAM allows few of these calls a second.
	for (const { resource, actions } of neededActions(deployment)) {
		asked += actions.length;
		const input = { PolicySourceArn: principal, ActionNames: [...actions], ResourceArns: [resource] };
		for await (const page of paginateSimulatePrincipalPolicy({ client: iam }, input)) {
			for (const { EvalActionName: action = "", EvalDecision: decision } of page.EvaluationResults ?? []) {
				if (decision !== "allowed") denied.push(`${action} on ${resource} (${decision})`);
			}
		}
	}
	const ok = denied.length === 0;
	return {
		name,
		ok,
		found: ok ? `${asked} actions are allowed` : `not allowed: ${denied.join(", ")}`,
		...(ok ? {} : { fix: `Allow these actions for ${principal}.` }),
	};
}
