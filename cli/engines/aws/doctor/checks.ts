import { PipelineError } from "../../../common/errors.ts";
import type { Check } from "../../port.ts";

/** A check that failed, with the reason of an error. */
export function failed(name: string, error: PipelineError): Check {
	return { name, ok: false, found: error.message, fix: remedy(error) };
}

/** A check that nobody could make: it neither holds nor fails. */
export function notChecked(name: string, found: string, fix: string): Check {
	return { name, ok: true, checked: false, found, fix };
}

/** The same, with the reason of an error. */
export function couldNotCheck(name: string, error: PipelineError): Check {
	return notChecked(name, error.message, remedy(error));
}

function remedy({ text }: PipelineError): string {
	return [text.fix, text.next].filter((part) => part !== undefined).join(" ");
}

/** Whether an error is a finding, and not the end of the command. */
export function isFinding(error: unknown): error is PipelineError {
	return error instanceof PipelineError && error.outcome !== "cancelled" && error.outcome !== "timeout";
}
