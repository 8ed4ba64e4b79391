/** A call that `--dry-run` would have made, or a read that it made to find out. */
export interface PlannedCall {
	service: string;
	action: string;
	parameters: unknown;
	/** False for what would change something, and was not sent. */
	sent: boolean;
}

/** Thrown instead of a call that changes something. What would follow depends on its answer. */
export class PlannedStop extends Error {
	constructor() {
		super("not sent: dry run");
		this.name = "PlannedStop";
	}
}

/** Operations that change and start nothing, by the naming convention of the AWS APIs. */
const reads = /^(Get|List|Describe|BatchGet|Head|Simulate)/;

/** What `--dry-run` gathers. */
export class Plan {
	readonly calls: PlannedCall[] = [];

	/** @throws PlannedStop where the call must not be sent. */
	note(service: string, action: string, parameters: unknown): void {
		const sent = reads.test(action);
		this.calls.push({ service, action, parameters, sent });
		if (!sent) throw new PlannedStop();
	}
}

/** Does what changes something; in a dry run, where it was only noted, gives `instead`. */
export async function unlessPlanned<T>(work: () => Promise<T>, instead: T): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof PlannedStop) return instead;
		throw error;
	}
}
