import { errorCode, PipelineError } from "../../../common/errors.ts";
import { ChildFailure } from "./child.ts";

interface Diagnosis {
	pattern: RegExp;
	why: string;
	fix: string;
}

/** What the common failures of an installation look like in the words of pip, apt, MariaDB and Node. */
const diagnoses: readonly Diagnosis[] = [
	{
		pattern: /No space left on device|ENOSPC|Errno 28|enough free space|\b(Errcode|errno|error):? 28\b/i,
		why: "The disk is full.",
		fix: "Free some space (the whole local stack needs 2 GB), or set PIPELINE_HOME to a folder on another disk.",
	},
	{
		pattern: /Read-only file system|EROFS|Permission denied|EACCES|EPERM|\bErrcode: (13|30)\b/i,
		why: "The folder is not writable.",
		fix: "Make it writable for your user, or set PIPELINE_HOME to a writable folder.",
	},
	{
		pattern: /DO NOT MATCH THE HASHES|HashMismatch|Hash Sum mismatch/i,
		why: "The hash of a downloaded package differs from the lock file.",
		fix: "Try again. If the hash still differs, check the package index and any proxy for altered packages.",
	},
	{
		pattern:
			/NewConnectionError|No matching distribution found|Temporary failure (in name resolution|resolving)|Name or service not known|Network is unreachable|ConnectTimeout|ReadTimeout|ProxyError|Max retries exceeded|Could not resolve|Failed to fetch|Could not connect|SSLError/i,
		why: "The package index cannot be reached, or lacks a package.",
		fix: "Check the network and the proxy settings (HTTPS_PROXY, pip.conf, apt's configuration), then repeat the command. Downloads so far are kept.",
	},
];

/**
 * Makes one clear message of a failed piece of the setup.
 * @param next the command to repeat.
 */
export function setupError(what: string, error: unknown, next = "pipeline-cli setup"): unknown {
	if (error instanceof PipelineError) return error;
	const fromChild = error instanceof ChildFailure;
	const code = errorCode(error);
	if (!fromChild && code === undefined) return error;
	const words = fromChild ? error.tail.join("\n") : String(error);
	const found = diagnoses.find(({ pattern }) => pattern.test(words));
	const last = fromChild ? specificLines(error.tail, 8) : words;
	return new PipelineError(
		"failure",
		{
			what,
			why: [found?.why, fromChild ? error.message : undefined, last].filter((part) => part !== undefined).join("\n"),
			fix: [found?.fix, fromChild ? `Full log: ${error.log}` : undefined].filter(Boolean).join("\n") || undefined,
			next,
		},
		{ cause: error },
	);
}

/** The last lines that speak of an error; where there are none, the last lines. */
function specificLines(lines: readonly string[], count: number): string {
	const said = lines.filter((line) => line.trim() !== "");
	const errors = said.filter((line) => /error|errcode|fatal|refused|denied|^E:/i.test(line));
	return (errors.length > 0 ? errors : said)
		.slice(-count)
		.map((line) => `  ${line}`)
		.join("\n");
}
