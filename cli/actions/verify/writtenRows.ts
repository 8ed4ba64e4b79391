import { errorCode, messageOf, PipelineError } from "../../common/errors.ts";
import { qualifiedName } from "../../engines/mysql/quote.ts";
import type { SourceConnection } from "../../engines/port.ts";
import { isRefused, writeGrant } from "./heartbeat.ts";
import type { Plan } from "./plan.ts";
import { deleteRows, insertRows, type Row, readRows } from "./sourceRows.ts";

/** Writes the rows. */
export async function writeRows(source: SourceConnection, plan: Plan): Promise<void> {
	// What is recognised is removed afterwards, so nothing else may be.
	if (!plan.isMarked && plan.sample === undefined && (await recognised(source, plan)).length > 0) {
		throw new PipelineError("usage", {
			what: `${nameOf(plan)} already has rows equal to those that verify-cdc writes.`,
			fix: "Remove them, or set verify.marker in pipeline.yaml to a column by which verify-cdc recognises its own rows.",
			next: "pipeline-cli verify-cdc",
		});
	}
	try {
		await insertRows(source, plan.table, plan.written, plan.values);
	} catch (error) {
		throw await notWritten(error, source, plan);
	}
}

/** The written rows: their compared columns, as the source has them. */
export function recognised(source: SourceConnection, plan: Plan): Promise<Row[]> {
	return readRows(source, plan.table, plan.columns, plan.recognised, plan.key);
}

/** Takes the rows back. */
export async function removeRows(source: SourceConnection, plan: Plan): Promise<void> {
	try {
		await deleteRows(source, plan.table, plan.recognised);
	} catch (error) {
		throw await notWritten(error, source, plan);
	}
}

/** What the server says of rows that it did not take, or give back; all else as it is. */
async function notWritten(error: unknown, source: SourceConnection, plan: Plan): Promise<unknown> {
	const why = messageOf(error);
	if (isRefused(error)) {
		const grant = await writeGrant(source, plan.table).catch(
			() => `GRANT SELECT, INSERT, DELETE ON ${qualifiedName(plan.table)} TO that user.`,
		);
		return new PipelineError(
			"usage",
			{
				what: `The source's user may not write to ${nameOf(plan)}, as verify-cdc must.`,
				why,
				fix: `Grant it: ${grant}`,
				next: "pipeline-cli verify-cdc",
			},
			{ cause: error },
		);
	}
	if (errorCode(error) !== "ER_DUP_ENTRY") return error;
	return new PipelineError(
		"failure",
		{
			what: "Another verify-cdc wrote the same rows at the same time.",
			why,
			fix: "Repeat it.",
			next: "pipeline-cli verify-cdc",
		},
		{ cause: error },
	);
}

export function nameOf({ table }: Pick<Plan, "table">): string {
	return `${table.schema}.${table.table}`;
}
