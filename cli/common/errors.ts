/** Exit codes of every command; the numbers up to 9 are Pulumi's (https://www.pulumi.com/docs/iac/cli/exit-codes/). */
export const exitCodes = {
	ok: 0,
	failure: 1,
	usage: 2,
	credentials: 3,
	serviceRefused: 4,
	noSuchStack: 6,
	cancelled: 8,
	timeout: 9,
	dataDiffer: 10,
	dataQuality: 11,
	/** A second Ctrl-C: left immediately, 128 + SIGINT. */
	interrupted: 130,
} as const;

export type Outcome = Exclude<keyof typeof exitCodes, "ok">;

/** Whether a text that was written down names an outcome. */
export function isOutcome(name: string): name is Outcome {
	return name !== "ok" && Object.hasOwn(exitCodes, name);
}

export interface ErrorText {
	/** What went wrong, in one sentence. */
	what: string;
	/** Why, where it is known. */
	why?: string | undefined;
	/** What the user can do about it. */
	fix?: string | undefined;
	/** The command to run next. */
	next?: string | undefined;
}

/** A failure that the user can understand and fix: shown without a stack trace, and ends with the outcome's exit code. */
export class PipelineError extends Error {
	readonly outcome: Outcome;
	readonly text: ErrorText;

	constructor(outcome: Outcome, text: ErrorText, options?: ErrorOptions) {
		super([text.what, text.why].filter(Boolean).join(" "), options);
		this.name = "PipelineError";
		this.outcome = outcome;
		this.text = text;
	}
}

/** There is no stack of a name, or none at all where nobody named one. */
export class NoSuchStack extends PipelineError {
	/** The one that was asked for. */
	readonly wanted: string | undefined;
	/** Stacks that exist. */
	readonly known: readonly string[];

	constructor(wanted: string | undefined, known: readonly string[], text: ErrorText) {
		super("noSuchStack", text);
		this.wanted = wanted;
		this.known = known;
	}
}

/** A run of jobs that cannot begin, since another one is going. */
export class RunGoing extends PipelineError {
	constructor(text: ErrorText) {
		super("serviceRefused", text);
	}
}

/**
 * What cannot be, whatever the user, the server or the disk does, is `throw bug(…)`. What they can do is a PipelineError where a
 * command ends with it, and an Error where our own code catches it and makes it, say, a table's error.
 */
export function bug(message: string): Error {
	return new Error(`${message} (a bug of pipeline-cli; please report it)`);
}

/** The branch for a kind that the compiler knows not to exist. */
export function unreachable(value: never): Error {
	return bug(`unknown value ${JSON.stringify(value)}`);
}

export function cancelled(what: string, next?: string): PipelineError {
	return new PipelineError("cancelled", { what, next });
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** The code that the system or a library gave an error: `ENOENT`, `ER_NO_SUCH_TABLE`; undefined where it has none. */
export function errorCode(error: unknown): string | undefined {
	if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
	return typeof error.code === "string" ? error.code : undefined;
}
