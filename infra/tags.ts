/** Tags that every resource carries that can: set by the providers, so that none can be forgotten. */
export function standardTags(project: string, stack: string): Record<string, string> {
	return { Project: project, Stack: stack, ManagedBy: "pulumi" };
}
