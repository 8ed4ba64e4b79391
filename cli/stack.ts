import type { PipelineOutputs } from "../infra/outputs.ts";
import { NoSuchStack, PipelineError } from "./common/errors.ts";
import { unknownStack } from "./common/unknownStack.ts";
import { isLocalStack, localStacks, usualStack } from "./engines/local/shared/paths.ts";
import type { Plan } from "./engines/plan.ts";
import type { LocalHost, Stack } from "./engines/port.ts";

export interface StackOptions {
	/** `--stack`. */
	stack?: string | undefined;
	/** `--outputs`: a file instead of the Pulumi CLI. */
	outputs?: string | undefined;
	/** AWS profile and region. */
	profile?: string | undefined;
	region?: string | undefined;
	/** Set for `--dry-run`. */
	plan?: Plan | undefined;
	signal: AbortSignal;
}

/**
 * The stack that a command acts on: `--outputs`, `--stack`, PIPELINE_STACK, the one selected in Pulumi, then `local` where one
 * exists here.
 * @throws PipelineError naming what exists, never a question.
 */
export async function findStack(options: StackOptions): Promise<Stack> {
	const named = nonEmpty(options.stack) ?? nonEmpty(process.env.PIPELINE_STACK);
	if (options.outputs !== undefined) {
		const { outputsOfFile } = await import("./engines/aws/outputs/readOutputs.ts");
		const deployment = await outputsOfFile(options.outputs);
		assertSameStack(nonEmpty(options.stack), deployment.stack);
		return awsStack(deployment, options);
	}
	if (named !== undefined && isLocalStack(named)) return localStack(named, options);
	const { selectedStack } = await import("./engines/aws/outputs/pulumiCli.ts");
	const name = named ?? (await selectedStack(options.signal));
	if (name === undefined && (await localStacks()).includes(usualStack)) return localStack(usualStack, options);
	if (name === undefined) throw await noSuchStack(undefined, undefined, options.signal);
	try {
		const { outputsOfStack } = await import("./engines/aws/outputs/readOutputs.ts");
		return await awsStack(await outputsOfStack(name, options.signal), options);
	} catch (error) {
		if (!(error instanceof PipelineError) || error.outcome !== "noSuchStack") throw error;
		throw await noSuchStack(name, error, options.signal);
	}
}

async function localStack(name: string, options: StackOptions): Promise<Stack> {
	if (!(await localStacks()).includes(name)) throw await noSuchStack(name, undefined, options.signal);
	if (options.plan !== undefined) {
		throw new PipelineError("usage", {
			what: `--dry-run lists AWS calls, but the stack ${name} makes none.`,
			fix: "Leave it out, or choose a stack on AWS with --stack.",
		});
	}
	const { LocalStack } = await import("./engines/local/stack.ts");
	return new LocalStack(name);
}

/**
 * What makes and removes a local stack: that of `--stack`, else of PIPELINE_STACK where it names one, else `local`.
 * @throws PipelineError where `--stack` names one on AWS.
 */
export async function localHost(option?: string): Promise<LocalHost> {
	const named = nonEmpty(option);
	if (named !== undefined && !isLocalStack(named)) {
		throw new PipelineError("usage", {
			what: `This command works only on local stacks; ${named} is not a local stack.`,
			why: "Pulumi creates and removes the resources of a stack on AWS.",
			fix: "Leave out --stack, or choose a local stack: local or local-<name>.",
			next: "pipeline-cli status",
		});
	}
	const { LocalHostEngine } = await import("./engines/local/host.ts");
	const usual = nonEmpty(process.env.PIPELINE_STACK);
	return new LocalHostEngine(named ?? (usual !== undefined && isLocalStack(usual) ? usual : usualStack));
}

/** A stack may be named with its organisation and project: `acme/analytics-pipeline/dev`. */
function assertSameStack(named: string | undefined, deployed: string): void {
	if (named === undefined || named.split("/").at(-1) === deployed) return;
	throw new PipelineError("usage", {
		what: `The outputs belong to the stack ${deployed}, not to ${named}.`,
		fix: "Leave out either --stack or --outputs.",
	});
}

async function awsStack(deployment: PipelineOutputs, options: StackOptions): Promise<Stack> {
	const { profile, region, plan, signal } = options;
	const { AwsStack } = await import("./engines/aws/stack.ts");
	return new AwsStack(deployment, { profile, region, plan, signal });
}

/** Why there is no such stack, which there are, and what to do. */
async function noSuchStack(
	name: string | undefined,
	cause: PipelineError | undefined,
	signal: AbortSignal,
): Promise<PipelineError> {
	const { knownStacks } = await import("./engines/aws/outputs/pulumiCli.ts");
	const known = [...(await localStacks()), ...(await knownStacks(signal))];
	if (name === undefined) return noneNamed(known);
	const make = isLocalStack(name) ? `pipeline-cli up${name === usualStack ? "" : ` --stack ${name}`}` : undefined;
	const { text } = unknownStack(name, known, make);
	if (cause === undefined) return new NoSuchStack(name, known, text);
	const { fix = text.fix, next = text.next } = cause.text;
	return new NoSuchStack(name, known, { ...text, why: `${text.why}\n${cause.message}`, fix, next });
}

function noneNamed(known: readonly string[]): NoSuchStack {
	const [first] = known;
	return new NoSuchStack(undefined, known, {
		what: "No stack was given, none is selected in Pulumi, and this folder has no local stack.",
		why: `Stacks that exist: ${known.join(", ") || "none"}.`,
		fix:
			first === undefined ? "Create the local stack, which needs no AWS account." : "Choose one of them with --stack.",
		next: first === undefined ? "pipeline-cli demo" : `pipeline-cli status --stack ${first}`,
	});
}

function nonEmpty(text: string | undefined): string | undefined {
	return text === "" ? undefined : text;
}
