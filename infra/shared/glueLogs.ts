/**
 * Where Glue writes its logs under a security configuration that encrypts them. The program makes these groups first,
 * since Glue would make them without an end of retention. Security configuration and roles are the stack's own, so the
 * groups are, too.
 */

/**
 * Groups of the jobs of a role: Spark's own log, and what the scripts print.
 * https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html
 */
export function jobLogGroups(securityConfiguration: string, roleName: string): { error: string; output: string } {
	const prefix = `/aws-glue/jobs/${securityConfiguration}-role/${roleName}`;
	return { error: `${prefix}/error`, output: `${prefix}/output` };
}

/**
 * Group of the crawlers of a role. AWS documents no form of the name; this one is what accounts have. Were it another one
 * day, the crawler would make its group itself, as its role allows, and `pipeline-cli logs crawler` would find it there.
 */
export function crawlerLogGroup(securityConfiguration: string, roleName: string): string {
	return `/aws-glue/crawlers-role/${roleName}-${securityConfiguration}`;
}
