/** How an action reports what it does; `cli/ui` shows it. */
export interface Reporter {
	/**
	 * Shows a piece of work from its start to its end, with its duration. `update` replaces the detail beside the title.
	 * @param succeeded whether a result is shown as a success; one that was thrown never is.
	 */
	task<T>(
		title: string,
		run: (update: (detail: string) => void) => Promise<T>,
		succeeded?: (result: T) => boolean,
	): Promise<T>;
	/** Shows, on a terminal, work that takes long enough to be wondered about, and nothing of it once it has ended. */
	wait<T>(title: string, work: () => Promise<T>): Promise<T>;
	note(text: string): void;
	warn(text: string): void;
}

/** What every action gets. */
export interface Context {
	reporter: Reporter;
	/** Aborted by Ctrl-C and by `--timeout`; its reason is the `PipelineError` to end with. */
	signal: AbortSignal;
	/** What continues when the command is left early, by the engine's id of it; the user is informed. */
	ongoing?: Map<string, Ongoing>;
}

/** Work in the cloud that does not end with the command. */
export interface Ongoing {
	/** For instance `Glue job dev-process-load (run jr_1)`. */
	what: string;
	/** Command that stops it. */
	stop: string;
}

/** One precondition of replication. */
export interface Check {
	name: string;
	ok: boolean;
	/** What was found. */
	found: string;
	/** False where nobody could look: it neither holds nor fails, and `ok` is true. */
	checked?: false;
	/** How to fix it, or to have it checked; set where `ok` is false, and where it was not checked. */
	fix?: string;
	/** What works, but not at its best. */
	warning?: string;
}

/** Why a part does not work, and what to do, as of an error. */
export interface Problem {
	what: string;
	why?: string | undefined;
	fix?: string | undefined;
	/** The command to run next. */
	next?: string | undefined;
}
