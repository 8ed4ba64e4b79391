import type { JobRun as GlueRun, JobRunState as GlueState } from "@aws-sdk/client-glue";
import { PipelineError } from "../../../common/errors.ts";
import type { JobReport, JobRun, JobState } from "../../port.ts";

/**
 * States of a job run: still going, or how it ended.
 * https://docs.aws.amazon.com/glue/latest/dg/job-run-statuses.html
 */
export const jobRunStates: Readonly<Record<GlueState, "going" | JobState>> = {
	STARTING: "going",
	RUNNING: "going",
	/** Stopping: it ends as STOPPED. */
	STOPPING: "going",
	/** Queued, because of a quota or since another run of the job goes. */
	WAITING: "going",
	SUCCEEDED: "succeeded",
	FAILED: "failed",
	ERROR: "failed",
	/** Waited in the queue until its time was over. */
	EXPIRED: "failed",
	STOPPED: "stopped",
	TIMEOUT: "timeout",
};

/** @throws PipelineError naming a state that is not one of Glue's documented ones. */
export function jobRunState(run: GlueRun): "going" | JobState {
	const state = run.JobRunState ?? "none";
	if (isState(state)) return jobRunStates[state];
	throw new PipelineError("failure", {
		what: `Glue reports an unknown state of the job run: ${state}.`,
		why: `${run.JobName}, run ${run.Id}`,
		fix: "Check the run in the Glue console. A newer pipeline-cli may recognise this state.",
		next: "pipeline-cli status",
	});
}

function isState(state: string): state is GlueState {
	return Object.hasOwn(jobRunStates, state);
}

/** Price of a DPU-hour in us-east-1, in US dollars. https://aws.amazon.com/glue/pricing/ (November 2026) */
const prices = { STANDARD: 0.44, FLEX: 0.29 } as const;

/** DPU of a worker. Workers with more memory (R) count in M-DPU, at another price: of what they cost nothing is said. */
const dpuOfWorker: Readonly<Record<string, number>> = {
	"G.025X": 0.25,
	"G.1X": 1,
	"G.2X": 2,
	"G.4X": 4,
	"G.8X": 8,
	"G.12X": 12,
	"G.16X": 16,
};

/** What a run was charged for: exact with auto scaling or FLEX, else workers times seconds, at least a minute. */
export function costOf(run: GlueRun): JobRun["cost"] {
	if (run.WorkerType?.startsWith("R.") === true) return undefined;
	const perWorker = dpuOfWorker[run.WorkerType ?? ""];
	const dpu = perWorker === undefined ? run.MaxCapacity : perWorker * (run.NumberOfWorkers ?? 0);
	const seconds = run.ExecutionTime ?? 0;
	if (seconds === 0) return undefined;
	const dpuSeconds = run.DPUSeconds ?? (dpu === undefined ? undefined : dpu * Math.max(seconds, 60));
	if (dpuSeconds === undefined) return undefined;
	const dpuHours = dpuSeconds / 3600;
	return { dpuHours, usd: dpuHours * prices[run.ExecutionClass === "FLEX" ? "FLEX" : "STANDARD"] };
}

/** For Glue a job that found bad data has succeeded, or, with scripts of an earlier version, failed; its report knows better. */
export function stateOfRun(ended: JobState, report: JobReport | undefined): JobState {
	const finished = ended === "succeeded" || ended === "failed";
	return finished && report?.state === "quality_failed" ? "quality_failed" : ended;
}

/** Kind of a failure for want of rights, or of credentials. */
export const deniedKind = "access denied";

/** Kinds of failure that the words of an error show, the most specific first. */
const kinds: readonly (readonly [kind: string, words: RegExp])[] = [
	["out of memory", /OutOfMemory|exceeding memory limits|exit(?:ed with)? code:? 137|No space left/i],
	[
		deniedKind,
		// pyarrow says ACCESS_DENIED, and boto3 that it could not locate any.
		/Access[ _]?Denied|not authorized|403 Forbidden|locate credentials|InvalidAccessKeyId|ExpiredToken/i,
	],
	["missing object", /NoSuchKey|NoSuchBucket|FileNotFound|does not exist|EntityNotFound/i],
	["network", /timed? out|UnknownHost|Connection (?:refused|reset)|Could not connect/i],
	["capacity", /ResourceNumberLimit|quota|Insufficient(?:.*)capacity|free addresses/i],
	["script", /SyntaxError|ImportError|ModuleNotFound|NameError|TypeError|KeyError|AttributeError|ValueError/],
	["query", /AnalysisException|ParseException/],
];

/** Class and words of a failure; Glue's own category where it gives one that says something. */
export function faultOf(run: GlueRun): JobRun["fault"] {
	const state = run.JobRunState ?? "";
	const message = run.ErrorMessage ?? run.StateDetail ?? `The run ended with state ${state}.`;
	const category = /Error Category: (\w+)/.exec(message)?.[1];
	const own = category === undefined || category === "UNCLASSIFIED_ERROR" ? undefined : category;
	const kind =
		state === "TIMEOUT"
			? "timeout"
			: (own ?? kinds.find(([, words]) => words.test(message))?.[0] ?? state.toLowerCase());
	return { kind, message };
}
