import type { PipelineOutputs } from "../../../infra/outputs.ts";

/** Actions of IAM that the verbs use on this stack. */
export function neededActions({ warehouse, dashboards }: PipelineOutputs): readonly string[] {
	return [
		"athena:GetQueryExecution",
		"athena:GetQueryResults",
		"athena:StartQueryExecution",
		"athena:StopQueryExecution",
		"dms:DescribeConnections",
		"dms:DescribeReplicationTasks",
		"dms:DescribeTableStatistics",
		"dms:ReloadTables",
		"dms:StartReplicationTask",
		"dms:StopReplicationTask",
		"dms:TestConnection",
		"glue:BatchStopJobRun",
		"glue:GetCrawler",
		"glue:GetJobRun",
		"glue:GetJobRuns",
		"glue:GetTables",
		"glue:StartCrawler",
		"glue:StartJobRun",
		"logs:FilterLogEvents",
		"logs:GetLogEvents",
		"s3:GetObject",
		"s3:ListBucket",
		"s3:PutObject",
		"secretsmanager:GetSecretValue",
		"states:ListExecutions",
		"states:StartExecution",
		...(warehouse === null
			? []
			: [
					"redshift-data:BatchExecuteStatement",
					"redshift-data:CancelStatement",
					"redshift-data:DescribeStatement",
					"redshift-data:ExecuteStatement",
					"redshift-data:GetStatementResult",
				]),
		...(dashboards === null ? [] : ["quicksight:DescribeDashboard"]),
	];
}
