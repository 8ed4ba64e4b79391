/** The logs of the stack's parts. */
export interface Logs {
	/** What has a log: `replication`, and the jobs; on AWS also `crawler`. */
	readonly parts: readonly string[];
	/** The last lines of the newest log of a part, oldest first, and where all of it is; no lines where there was none yet. */
	read(part: string, lines: number): Promise<{ log: string; lines: string[] }>;
}
