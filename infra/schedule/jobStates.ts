import { type JobDefinition, jobWaves } from "../../etl/definition/jobs.ts";
import { takingIn } from "../../etl/definition/loads.ts";
import { caught, integration, onFailure, type State, type StateMachine } from "./states.ts";

/** What a job came to, for the jobs after it and for the notice. `tables`: what others cannot read of it. */
const succeeded = { failed: false, tables: "", text: "" };

/**
 * The jobs in their waves. A wave's results are a list in its name, in the order of its jobs, such as `$.wave1[0]`: no branch of a wave
 * can write anything else that a later one reads. Where a job failed, `$.failure` lists all that did.
 * @param next the state that lists them; the one after all jobs, where none failed.
 */
export function jobStates(
	input: StateMachine,
	next: { failed: string; done: string },
): { first: string; states: Record<string, State> } {
	const waves = jobWaves(input.jobs);
	const [wave] = waves;
	if (wave === undefined) return { first: next.done, states: {} };
	/** Path of a job's result, by its name. */
	const results = new Map(
		waves.flatMap((jobs, index) => jobs.map(({ name }, at): [string, string] => [name, `$.wave${index + 1}[${at}]`])),
	);
	const paths = [...results.values()];
	const states = waves.map((jobs, index): [string, State] => [
		`wave ${index + 1}`,
		{
			Type: "Parallel",
			Comment: jobs.map(({ name }) => name).join(", "),
			Branches: jobs.map((job) => branch(input, job, results)),
			ResultPath: `$.wave${index + 1}`,
			Catch: [onFailure],
			Next: index + 1 < waves.length ? `wave ${index + 2}` : "has-failed-jobs",
		},
	]);
	return {
		first: "wave 1",
		states: {
			...Object.fromEntries(states),
			"has-failed-jobs": {
				Type: "Choice",
				Choices: paths.map((path) => ({ ...hasFailed(path), Next: next.failed })),
				Default: next.done,
			},
			[next.failed]: {
				Type: "Pass",
				Parameters: {
					Error: "JobsFailed",
					"Cause.$": `States.Format('${paths.map(() => "{}").join("")}', ${paths.map((path) => `${path}.text`).join(", ")})`,
				},
				ResultPath: "$.failure",
				Next: "notify-on-failed-jobs",
			},
		},
	};
}

const hasFailed = (path: string) => ({ Variable: `${path}.failed`, BooleanEquals: true });

/** A job with what keeps it from running, and what it comes to. */
function branch(
	input: StateMachine,
	job: JobDefinition,
	results: ReadonlyMap<string, string>,
): { StartAt: string; States: Record<string, State> } {
	const { name } = job;
	const before = job.after.flatMap((other) => {
		const path = results.get(other);
		return path === undefined ? [] : [{ path, dispensable: job.inputs?.[other] !== undefined }];
	});
	const needed = before.filter(({ dispensable }) => !dispensable);
	const without = before.filter(({ dispensable }) => dispensable).map(({ path }) => path);
	const tables = new Set(input.jobs.flatMap(({ inputs }) => inputs?.[name] ?? []));
	const failed = { failed: true, tables: [...tables].join(",") };
	const states: Record<string, State> = {
		[`job ${name}`]: {
			...jobTask(input, job, without),
			ResultSelector: succeeded,
			Catch: [{ ...caught, Next: `failed ${name}` }],
			End: true,
		},
		[`failed ${name}`]: {
			Type: "Pass",
			// JSONPath's functions cannot cut a text.
			QueryLanguage: "JSONata",
			Output: `{% $merge([${JSON.stringify(failed)}, {"text": "${name}: " & ${briefly("$states.input.failure")} & " "}]) %}`,
			End: true,
		},
	};
	if (needed.length === 0) return { StartAt: `job ${name}`, States: states };
	return {
		StartAt: `check ${name}`,
		States: {
			[`check ${name}`]: {
				Type: "Choice",
				Choices: needed.map(({ path }) => ({ ...hasFailed(path), Next: `skipped ${name}` })),
				Default: `job ${name}`,
			},
			...states,
			[`skipped ${name}`]: {
				Type: "Pass",
				Parameters: { ...failed, text: `${name}: skipped, because a job before it failed. ` },
				End: true,
			},
		},
	};
}

/**
 * JSONata of an error and its cause, cut: Glue's cause is the whole run in JSON, up to 32 KiB of it, and all that the jobs came to has to
 * fit into 256 KiB. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
function briefly(failure: string): string {
	const message = `$substringBefore($substringAfter(${failure}.Cause, '"ErrorMessage":"'), '","')`;
	return `${failure}.Error & ": " & $substring(${message}, 0, 500)`;
}

/** @param without results of jobs whose tables this one can do without. */
function jobTask(input: StateMachine, { name }: JobDefinition, without: readonly string[]): State {
	const retries = {
		ErrorEquals: ["States.TaskFailed"],
		IntervalSeconds: 30,
		BackoffRate: 2,
		MaxAttempts: input.retries,
	};
	return {
		Type: "Task",
		Resource: integration(input, "glue:startJobRun.sync"),
		Parameters: {
			JobName: input.jobNames[name],
			Arguments: {
				"--run_id.$": "$$.Execution.Name",
				...(takingIn.includes(name) ? { "--loading.$": loading } : {}),
				...(without.length > 0 ? { "--failed_tables.$": failedTables(without) } : {}),
			},
		},
		Retry: [untilFree, ...(input.retries > 0 ? [retries] : [])],
	};
}

const loading = "States.Format('[{},{}]', States.JsonToString($.loads.schemas), States.JsonToString($.loads.tables))";

/** By commas, with nothing between those of jobs that did not fail; never empty, as Glue takes no empty argument. */
function failedTables(paths: readonly string[]): string {
	return `States.Format('${paths.map(() => ",{}").join("")}', ${paths.map((path) => `${path}.tables`).join(", ")})`;
}

/** A run of the same job that somebody started by hand, or a limit of the account: wait for it. */
const untilFree = {
	ErrorEquals: [
		"Glue.ConcurrentRunsExceededException",
		"Glue.ResourceNumberLimitExceededException",
		"Glue.ThrottlingException",
	],
	IntervalSeconds: 60,
	BackoffRate: 1.5,
	MaxAttempts: 8,
};
