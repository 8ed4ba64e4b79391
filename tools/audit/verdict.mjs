/** What `npm audit --json` says. */
export function ofNpm({ stdout, stderr }) {
	const report = parsed(stdout);
	if (report?.vulnerabilities === undefined) return notAudited(report?.message ?? report?.error?.summary ?? stderr);
	const found = Object.values(report.vulnerabilities)
		.filter(({ via }) => via.some((one) => typeof one === "object"))
		.map(({ name, severity, via }) => {
			const titles = via.filter((one) => typeof one === "object").map(({ title, url }) => `${title} (${url})`);
			return `${name}: ${severity}: ${titles.join("; ")}`;
		});
	return found.length === 0 ? { state: "nothing known" } : { state: "vulnerable", found };
}

/** What `pip-audit --format json` says. A package of which PyPI knows nothing was not looked at. */
export function ofPip({ stdout, stderr }) {
	const report = parsed(stdout);
	if (report?.dependencies === undefined) return notAudited(stderr);
	const found = report.dependencies.flatMap(({ name, version, vulns = [] }) =>
		vulns.map(
			({ id, fix_versions: fixed = [] }) => `${name} ${version}: ${id}, fixed in ${fixed.join(", ") || "no version"}`,
		),
	);
	if (found.length > 0) return { state: "vulnerable", found };
	const skipped = report.dependencies.filter(({ skip_reason: reason }) => reason !== undefined);
	if (skipped.length === 0) return { state: "nothing known" };
	return notAudited(`${skipped.length} of ${report.dependencies.length} packages: ${skipped[0].skip_reason}`);
}

function notAudited(text) {
	const lines = `${text}`.trim().split("\n");
	return { state: "not audited", why: (lines.at(-1) || "no answer").slice(0, 300) };
}

function parsed(text) {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
