/** What starts the jobs by itself. */
export interface ScheduleStatus {
	/** For instance `every 5 minutes`. */
	text: string;
	/** Seconds of `up --every`, where that was given. */
	everySeconds?: number;
	/** Whether something keeps it; one that was stopped stays known. */
	running: boolean;
	/** Its process is gone though nobody stopped it. */
	died?: true;
	/** When the run that did not begin was due, ISO 8601: something else keeps the schedule, and did not start it. */
	late?: string;
	/** When it starts the next run, ISO 8601; absent where it does not, or where that is not known. */
	nextRun?: string;
	/** The last run that it started, where that has ended. */
	last?: ScheduledEnd;
}

/** How a run of the schedule ended. */
export interface ScheduledEnd {
	/** ISO 8601. */
	at: string;
	/** `ok`, or as the exit codes of commands are called. */
	outcome: string;
	/** What went wrong outside the jobs, whose reports have the rest. */
	fault?: { what: string; why?: string | undefined; fix?: string | undefined; next?: string | undefined };
}

/** Where whoever keeps the schedule shows how it stands. */
export interface ScheduleBoard {
	/** What is not given stays as it was. */
	show(state: { text?: string; nextRun?: string | undefined; last?: ScheduledEnd }): Promise<void>;
}

/** A unit of systemd that starts the stack when the machine does. */
export interface InstalledUnit {
	/** For instance `pipeline-local.service`. */
	name: string;
	path: string;
	text: string;
	action: "written" | "unchanged" | "no systemd";
}

export interface ScheduleOptions {
	/** Seconds from one run to the next, instead of what the definition says. */
	everySeconds?: number | undefined;
}
