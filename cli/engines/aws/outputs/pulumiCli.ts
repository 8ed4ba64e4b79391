import { z } from "zod";
import { PipelineError } from "../../../common/errors.ts";
import { type JsonKind, parseJson } from "../../../common/jsonFile.ts";
import { outputOf } from "../../../common/process/childProcess.ts";
import { projectRoot } from "../../../common/projectRoot.ts";

/** How the list of the stacks is read. */
const stackList: JsonKind<{ name: string }[]> = {
	name: "Pulumi's list of the stacks",
	schema: z.array(z.object({ name: z.string() })),
	remedy: () => ({ fix: "Choose the stack with --stack.", next: "pulumi stack ls" }),
};

/** Name of the stack that is selected in Pulumi; undefined where Pulumi is not installed, not logged in, or none is. */
export async function selectedStack(signal: AbortSignal): Promise<string | undefined> {
	try {
		const name = (await pulumi(["stack", "--show-name"], signal)).trim();
		return name === "" ? undefined : name;
	} catch (error) {
		if (error instanceof PipelineError && !signal.aborted) return undefined;
		throw error;
	}
}

/** Names of the stacks of this Pulumi project; none where Pulumi can't say. */
export async function knownStacks(signal: AbortSignal): Promise<string[]> {
	try {
		const text = await pulumi(["stack", "ls", "--json"], signal);
		return parseJson(text, "pulumi stack ls --json", stackList).map(({ name }) => name);
	} catch (error) {
		if (error instanceof PipelineError && !signal.aborted) return [];
		throw error;
	}
}

/** @throws PipelineError that says what to do: install, log in, or name another stack. */
export async function pulumi(args: string[], signal: AbortSignal): Promise<string> {
	try {
		const { stdout } = await outputOf("pulumi", [...args, "--non-interactive"], {
			cwd: projectRoot,
			signal,
			maxBuffer: 64 * 2 ** 20,
		});
		return stdout;
	} catch (error) {
		signal.throwIfAborted();
		throw pulumiError(error as NodeJS.ErrnoException & { stderr?: string }, args);
	}
}

function pulumiError(error: NodeJS.ErrnoException & { stderr?: string }, args: string[]): PipelineError {
	const command = `pulumi ${args.join(" ")}`;
	const why = error.stderr?.trim() || error.message;
	if (error.code === "ENOENT") {
		return new PipelineError("noSuchStack", {
			what: "The Pulumi CLI is not installed, so pipeline-cli cannot find stacks on AWS.",
			fix: "Install it (https://www.pulumi.com/docs/install/), or pass a file of outputs with --outputs.",
			next: "pipeline-cli status --outputs outputs.json",
		});
	}
	if (/PULUMI_ACCESS_TOKEN|pulumi login|not logged in/i.test(why)) {
		return new PipelineError("credentials", {
			what: "Pulumi is not logged in to the backend of the stacks.",
			why,
			fix: "Log in.",
			next: "pulumi login",
		});
	}
	if (/no stack named|not found/i.test(why)) {
		return new PipelineError("noSuchStack", { what: "Pulumi does not know this stack.", why, next: "pulumi stack ls" });
	}
	return new PipelineError("failure", {
		what: `${command} failed.`,
		why,
		fix: "Fix what Pulumi reports.",
		next: command,
	});
}
