/** The command that starts everything of the local stack again, as it was started before. */
export function upCommand(everySeconds: number | undefined): string {
	return `pipeline-cli up${everySeconds === undefined ? "" : ` --every ${everySeconds}s`}`;
}
