import { z } from "zod";

/**
 * Grammar of the two JSON documents of a DMS task. AWS publishes none, nor do its service models and CloudFormation's
 * schemas look into the text; this one is written by hand from the AWS documentation, and refuses every key that is not there.
 * https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.html
 * https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.html
 */

const flag = z.boolean().optional();
const count = (min: number, max: number) => z.int().min(min).max(max).optional();

const rule = {
	"rule-id": z.string().regex(/^\d+$/),
	"rule-name": z.string().min(1),
	"object-locator": z.strictObject({ "schema-name": z.string().min(1), "table-name": z.string().min(1) }),
};
const transformation = { ...rule, "rule-type": z.literal("transformation"), "rule-target": z.literal("column") };

const column = {
	...transformation,
	"object-locator": rule["object-locator"].extend({ "column-name": z.string().min(1) }),
};

const mappingRule = z.union([
	z.strictObject({ ...column, "rule-action": z.enum(["remove-column", "include-column", "data-masking-hash-mask"]) }),
	z.strictObject({
		...rule,
		"rule-type": z.literal("selection"),
		"rule-action": z.enum(["include", "exclude", "explicit"]),
		"load-order": count(0, 2_147_483_647),
	}),
	z.strictObject({
		...transformation,
		"rule-action": z.literal("add-column"),
		value: z.string().min(1),
		expression: z.string().min(1),
		"data-type": z.strictObject({
			type: z.enum(["string", "int1", "int2", "int4", "int8", "numeric", "datetime", "bytes", "real4", "real8"]),
			length: count(1, 65_535),
			precision: count(1, 38),
			scale: count(0, 38),
		}),
	}),
	z.strictObject({
		...transformation,
		"rule-action": z.literal("add-before-image-columns"),
		"before-image-def": z
			.strictObject({
				"column-prefix": z.string(),
				"column-suffix": z.string(),
				"column-filter": z.enum(["pk-only", "non-lob", "all"]),
			})
			.refine((def) => def["column-prefix"] + def["column-suffix"] !== "", "neither prefix nor suffix"),
	}),
]);

/** A table mapping: rules whose numbers and names are each given once, with something selected. */
export const tableMappingDocument = z.strictObject({
	rules: z
		.array(mappingRule)
		.refine((rules) => new Set(rules.map((one) => one["rule-id"])).size === rules.length, "two rules of one number")
		.refine((rules) => new Set(rules.map((one) => one["rule-name"])).size === rules.length, "two rules of one name")
		.refine((rules) => rules.some((one) => one["rule-action"] === "include"), "nothing is selected"),
});

const dataError = z.enum(["IGNORE_RECORD", "LOG_ERROR", "SUSPEND_TABLE", "STOP_TASK"]).optional();

/** Task settings, as far as the sections are used here; another section has to be added. */
export const taskSettingsDocument = z.strictObject({
	TargetMetadata: z
		.strictObject({
			TargetSchema: z.string().optional(),
			SupportLobs: flag,
			FullLobMode: flag,
			LobChunkSize: count(0, 102_400),
			LimitedSizeLobMode: flag,
			LobMaxSize: count(1, 102_400),
			InlineLobMaxSize: count(0, 102_400),
			BatchApplyEnabled: flag,
			TaskRecoveryTableEnabled: flag,
		})
		.refine(({ FullLobMode: full, LimitedSizeLobMode: limited }) => !(full && limited), "two modes of LOBs"),
	FullLoadSettings: z.strictObject({
		TargetTablePrepMode: z.enum(["DO_NOTHING", "DROP_AND_CREATE", "TRUNCATE_BEFORE_LOAD"]),
		CreatePkAfterFullLoad: flag,
		StopTaskCachedChangesApplied: flag,
		StopTaskCachedChangesNotApplied: flag,
		MaxFullLoadSubTasks: count(1, 49),
		TransactionConsistencyTimeout: count(0, 86_400),
		CommitRate: count(1, 50_000),
	}),
	// The provider refuses the log's group and stream.
	Logging: z.strictObject({ EnableLogging: z.boolean(), EnableLogContext: flag }),
	ChangeProcessingDdlHandlingPolicy: z.strictObject({
		HandleSourceTableDropped: flag,
		HandleSourceTableTruncated: flag,
		HandleSourceTableAltered: flag,
	}),
	ErrorBehavior: z.strictObject({
		DataErrorPolicy: dataError,
		DataTruncationErrorPolicy: dataError,
		DataMaskingErrorPolicy: z.enum(["IGNORE_RECORD", "LOG_ERROR", "SUSPEND_TABLE", "STOP_TASK"]).optional(),
		DataErrorEscalationPolicy: z.enum(["LOG_ERROR", "SUSPEND_TABLE", "STOP_TASK"]).optional(),
		DataErrorEscalationCount: count(0, 2_147_483_647),
		EventErrorPolicy: z.enum(["IGNORE", "STOP_TASK"]).optional(),
		TableErrorPolicy: z.enum(["SUSPEND_TABLE", "STOP_TASK"]).optional(),
		TableErrorEscalationPolicy: z.literal("STOP_TASK").optional(),
		TableErrorEscalationCount: count(0, 2_147_483_647),
		RecoverableErrorCount: count(-1, 2_147_483_647),
		RecoverableErrorInterval: count(0, 86_400),
		RecoverableErrorThrottling: flag,
		RecoverableErrorThrottlingMax: count(0, 86_400),
		RecoverableErrorStopRetryAfterThrottlingMax: flag,
		ApplyErrorDeletePolicy: dataError,
		ApplyErrorInsertPolicy: dataError,
		ApplyErrorUpdatePolicy: dataError,
		ApplyErrorEscalationPolicy: z.enum(["LOG_ERROR", "SUSPEND_TABLE", "STOP_TASK"]).optional(),
		ApplyErrorEscalationCount: count(0, 2_147_483_647),
		ApplyErrorFailOnTruncationDdl: flag,
		FullLoadIgnoreConflicts: flag,
		FailOnTransactionConsistencyBreached: flag,
		FailOnNoTablesCaptured: flag,
	}),
	ValidationSettings: z.strictObject({ EnableValidation: z.boolean() }),
});
