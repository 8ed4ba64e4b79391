/**
 * Settings of the DMS task: every key that the jobs rely on, with the service's own spelling.
 * https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.html
 *
 * Left out on purpose, since each shows a difference on every `pulumi up`: `Logging.LogComponents` (arrays are
 * reordered by the service) and the log group's name (the provider refuses it).
 */
export const taskSettings = {
	TargetMetadata: {
		// S3 targets know no full LOB mode; a value longer than LobMaxSize (kB) is cut.
		SupportLobs: true,
		FullLobMode: false,
		LimitedSizeLobMode: true,
		LobMaxSize: 1024,
		// On S3 a batch apply can lose changes.
		BatchApplyEnabled: false,
	},
	FullLoadSettings: {
		// On a reload the table's old files go first. With DO_NOTHING, as in the console walkthrough, they would stay beside
		// the new ones, and rows would be doubled.
		TargetTablePrepMode: "DROP_AND_CREATE",
		CreatePkAfterFullLoad: false,
		StopTaskCachedChangesApplied: false,
		StopTaskCachedChangesNotApplied: false,
		MaxFullLoadSubTasks: 8,
		TransactionConsistencyTimeout: 600,
		CommitRate: 10000,
	},
	Logging: { EnableLogging: true },
	ChangeProcessingDdlHandlingPolicy: {
		// The jobs take a table whose files are gone as truncated or dropped, and a new schema as altered.
		HandleSourceTableDropped: true,
		HandleSourceTableTruncated: true,
		HandleSourceTableAltered: true,
	},
	ErrorBehavior: {
		DataErrorPolicy: "LOG_ERROR",
		DataTruncationErrorPolicy: "LOG_ERROR",
		// With LOG_ERROR a value that cannot be hashed is written in the clear.
		DataMaskingErrorPolicy: "STOP_TASK",
		DataErrorEscalationPolicy: "SUSPEND_TABLE",
		DataErrorEscalationCount: 0,
		TableErrorPolicy: "SUSPEND_TABLE",
		TableErrorEscalationPolicy: "STOP_TASK",
		TableErrorEscalationCount: 0,
		RecoverableErrorCount: -1,
		RecoverableErrorInterval: 5,
		RecoverableErrorThrottling: true,
		RecoverableErrorThrottlingMax: 1800,
		// A wrong schema name then fails the task; otherwise it would run for ever and copy nothing.
		FailOnNoTablesCaptured: true,
		FailOnTransactionConsistencyBreached: false,
	},
	// DMS validates an S3 target once a day and only with date folders; `verify-cdc` proves on demand that changes arrive.
	ValidationSettings: { EnableValidation: false },
} as const;
