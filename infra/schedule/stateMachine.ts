import { partlyLoaded } from "../../etl/definition/loads.ts";
import { badDataNotices } from "./badData.ts";
import { jobStates } from "./jobStates.ts";
import { again, integration, notice, onFailure, type State, type StateMachine } from "./states.ts";

/** A machine of the Amazon States Language. */
export interface Definition {
	Comment: string;
	StartAt: string;
	TimeoutSeconds: number;
	States: Record<string, State>;
}

/**
 * All jobs of the list, each after those that it names, jobs of one wave beside each other. A job that fails skips those that
 * cannot do without it, and the others run all the same, as with `pipeline-cli run-etl`; the execution then fails, and
 * a notice names the jobs. The execution's name is the jobs' run id. An execution that finds an earlier one running ends without doing
 * anything. Bad data that the jobs found is published, whether others failed or not, and fails nothing. Tables whose load is under way
 * are left as they are.
 *
 * Names of states are unique in all of a machine, its branches too, and have at most 80 characters. No name of a job has a space:
 * `job …`, `check …`, `failed …`, `skipped …` and `wave …` belong to no other state.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-glue.html
 * https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
 */
export function stateMachine(input: StateMachine): Definition {
	const work = jobStates(input, { failed: "list-failed", done: "find-bad-data" });
	return {
		Comment: "The jobs of the definition in their order",
		StartAt: "find-running",
		TimeoutSeconds: input.timeoutMinutes * 60,
		States: {
			...onlyOne(input, "find-loads"),
			...loadsUnderWay(input, work.first),
			...work.states,
			"notify-on-failure": failureNotice(
				input,
				"States.Format('Run {} failed: {}', $$.Execution.Name, States.JsonToString($.failure))",
			),
			"notify-on-failed-jobs": failureNotice(
				input,
				"States.Format('Run {} failed: {}', $$.Execution.Name, $.failure.Cause)",
			),
			...badDataNotices(input, { done: "has-failed", failed: "failed" }),
			"has-failed": {
				Type: "Choice",
				Choices: [{ Variable: "$.failure", IsPresent: true, Next: "failed" }],
				Default: "done",
			},
			done: { Type: "Succeed" },
			failed: { Type: "Fail", Error: "RunFailed", CausePath: "States.JsonToString($.failure)" },
		},
	};
}

/** Sent before what the jobs found of bad data. */
function failureNotice(input: StateMachine, message: string): State {
	return notice(input, "Analytics pipeline: a run failed", message, "find-bad-data");
}

/** Continues with `first` in the oldest of the executions that run; the list has the newest first. */
function onlyOne(input: StateMachine, first: string): Record<string, State> {
	return {
		"find-running": {
			Type: "Task",
			Resource: integration(input, "aws-sdk:sfn:listExecutions"),
			Parameters: { "StateMachineArn.$": "$$.StateMachine.Id", StatusFilter: "RUNNING" },
			ResultSelector: { "oldest.$": "$.Executions[-1:].ExecutionArn" },
			ResultPath: "$.running",
			Retry: [again],
			Catch: [onFailure],
			Next: "is-first",
		},
		"is-first": {
			Type: "Choice",
			Choices: [
				// What was just started may not be in the list yet.
				{ Variable: "$.running.oldest[0]", IsPresent: false, Next: first },
				{ Variable: "$.running.oldest[0]", StringEqualsPath: "$$.Execution.Id", Next: first },
			],
			Default: "skipped",
		},
		skipped: {
			Type: "Succeed",
			Comment: "An earlier run is in progress and includes what has arrived since it started",
		},
	};
}

/**
 * Tables that one look names at most: a state's output has 256 KiB, of which DMS fills up to 700 bytes a table.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const mostLoads = 250;

/**
 * Tables of which the raw zone has a part: DMS removes all files of a table that it reloads, and writes them one by one. Where there are
 * more than a look can name, a job would take the part of one that is not named for all of it, so that none runs.
 */
function loadsUnderWay(input: StateMachine, next: string): Record<string, State> {
	return {
		"find-loads": {
			Type: "Task",
			Resource: integration(input, "aws-sdk:databasemigration:describeTableStatistics"),
			Parameters: {
				ReplicationTaskArn: input.replicationTaskArn,
				MaxRecords: mostLoads,
				Filters: [{ Name: "table-state", Values: partlyLoaded }],
			},
			ResultSelector: {
				"schemas.$": "$.TableStatistics[*].SchemaName",
				"tables.$": "$.TableStatistics[*].TableName",
				"count.$": "States.ArrayLength($.TableStatistics)",
			},
			ResultPath: "$.loads",
			Retry: [again],
			Catch: [onFailure],
			Next: "are-loads-named",
		},
		"are-loads-named": {
			Type: "Choice",
			Choices: [{ Variable: "$.loads.count", NumericGreaterThanEquals: mostLoads, Next: "notify-on-loads" }],
			Default: next,
		},
		"notify-on-loads": notice(
			input,
			"Analytics pipeline: a run was skipped",
			`States.Format('Run {} was skipped: at least ${mostLoads} tables are being loaded or have errors (pipeline-cli replication tables). The next run checks again. To process the other tables now: pipeline-cli run-etl.', $$.Execution.Name)`,
			"find-bad-data",
		),
	};
}
