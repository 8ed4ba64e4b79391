// Checks the message of a commit: `node tools/commitMessage.mjs <file>`, called by tools/hooks/commit-msg.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const longest = 100;

/** What git writes itself, or what a rebase will put together. */
const exempt = /^(Merge |Revert |fixup! |squash! |amend! )/;

/**
 * What is wrong with a message, a line each.
 * @param {string} message
 * @returns {string[]}
 */
export function problems(message) {
	const [scissors] = message.split(/^# -+ >8 -+$/m);
	const lines = (scissors ?? "").split("\n").filter((line) => !line.startsWith("#"));
	while (lines.length > 0 && lines.at(-1)?.trim() === "") lines.pop();
	const [subject = "", gap, ...body] = lines;
	if (exempt.test(subject)) return [];
	return [
		...(/^[a-z][a-z0-9/-]*: \S/.test(subject) ? [] : ["The subject must be `area: imperative`."]),
		...(subject.length > longest ? [`The subject has ${subject.length} characters; ${longest} is the limit.`] : []),
		...(subject.endsWith(".") ? ["The subject must not end with a full stop."] : []),
		...(gap === undefined || body.length === 0 ? ["Say why in a body, after an empty line."] : []),
		...(gap !== undefined && gap.trim() !== "" ? ["The second line must be empty."] : []),
	];
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
	const found = problems(readFileSync(process.argv[2] ?? "", "utf8"));
	for (const problem of found) process.stderr.write(`${problem}\n`);
	process.exitCode = found.length === 0 ? 0 : 1;
}
