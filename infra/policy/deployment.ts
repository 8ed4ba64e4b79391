import { homedir } from "node:os";
import { fileURLToPath } from "node:url";
import { partitionOf } from "../shared/partition.ts";
import type { Context, DeclaredProvider } from "./rule.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** What a policy of a real deployment knows: the provider's region, the account where it is held to one, the machine. */
export function deploymentContext(provider: DeclaredProvider | undefined): Context {
	const region = textOf(provider?.inputs.region);
	return {
		region,
		partition: region === undefined ? undefined : partitionOf(region),
		accountId: onlyAccount(provider?.inputs.allowedAccountIds),
		folders: [repository, homedir()].filter((folder) => folder.length > 1),
		secretTexts: [],
	};
}

/** A provider's inputs come as JSON. */
function onlyAccount(accounts: unknown): string | undefined {
	const list: unknown = typeof accounts === "string" ? JSON.parse(accounts) : accounts;
	return Array.isArray(list) && list.length === 1 ? textOf(list[0]) : undefined;
}

function textOf(value: unknown): string | undefined {
	return typeof value === "string" ? value : undefined;
}
