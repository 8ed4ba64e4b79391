/** What a program said. */
export interface Said {
	status: number | null;
	stdout: string;
	stderr: string;
}

/** What is known of the packages of a lock file. */
export interface Verdict {
	state: "nothing known" | "vulnerable" | "not audited";
	/** Why they were not audited. */
	why?: string;
	/** A line a vulnerability. */
	found?: string[];
}

export function ofNpm(said: Said): Verdict;
export function ofPip(said: Said): Verdict;
