import { partialFault } from "../../common/partialFault.ts";
import type { LocalHost } from "../../engines/port.ts";
import type { NameKind } from "../../options.ts";

/**
 * Names of a kind that a shell may complete. What cannot be looked at has none: nobody reads an error while a line is being typed.
 * @param host of the stack in PIPELINE_STACK; that of another one where PIPELINE_STACK names one on AWS, which would be asked too slowly.
 */
export async function namesOf(kind: NameKind, host: () => Promise<LocalHost>): Promise<string[]> {
	try {
		return (await found(kind, await host())).filter(isOneLine);
	} catch (error) {
		if (partialFault(error) === undefined) throw error;
		return [];
	}
}

async function found(kind: NameKind, host: LocalHost): Promise<string[]> {
	if (kind === "stacks") return host.stacks();
	const named = process.env.PIPELINE_STACK ?? "";
	if (named !== "" && named !== host.name) return [];
	const stack = await host.stack();
	const tables = async () => (await (await stack.crawlers()).registered()).tables;
	switch (kind) {
		case "exportable":
			return names([...(await tables()), ...(await stack.definition()).queries]);
		case "replicated":
			return (await (await stack.replication()).tables()).map(({ schema, table }) => `${schema}.${table}`);
		case "queries":
			return names((await stack.definition()).queries);
		case "views":
			return names((await stack.definition()).views);
		case "models":
			return names(await stack.models());
		case "jobs":
			return names((await stack.definition()).jobs);
		case "logs":
			return [...(await stack.logs()).parts];
		case "runs":
			return (await (await stack.jobs()).runs(20)).map(({ runId }) => runId);
	}
}

function names(all: readonly { name: string }[]): string[] {
	return all.map(({ name }) => name);
}

/** Scripts read a name a line. */
function isOneLine(name: string): boolean {
	return !/\p{Cc}/u.test(name);
}
