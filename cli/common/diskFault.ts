import { errorCode, messageOf, PipelineError } from "./errors.ts";

interface Fault {
	what: (path: string) => string;
	fix: string;
}

const full: Fault = { what: () => "The disk is full.", fix: "Free some space, then repeat the command." };
const locked: Fault = {
	what: (path) => `pipeline-cli has no permission to read or write ${path}.`,
	fix: "Restore your user's access (chown, chmod, or remount a read-only disk), then repeat the command.",
};
const tooMany: Fault = {
	what: () => "pipeline-cli has reached the limit of open files.",
	fix: "Raise the limit (ulimit -n 4096), then repeat the command.",
};

/** By the system's code; see errno(3). */
const faults: Record<string, Fault> = {
	ENOSPC: full,
	EDQUOT: full,
	EFBIG: {
		what: (path) => `${path} has reached the limit of file size.`,
		fix: "Raise the limit (ulimit -f), then repeat the command.",
	},
	EROFS: locked,
	EACCES: locked,
	EPERM: locked,
	EISDIR: {
		what: (path) => `${path} is a folder, but pipeline-cli needs a file there.`,
		fix: "Move it away, then repeat the command.",
	},
	ENOTDIR: {
		what: (path) => `${path} is a file, but pipeline-cli needs a folder there.`,
		fix: "Move it away, then repeat the command.",
	},
	ELOOP: {
		what: (path) => `${path} is a symbolic link that points to itself.`,
		fix: "Move it away, then repeat the command.",
	},
	EMFILE: tooMany,
	ENFILE: tooMany,
	EIO: {
		what: (path) => `Reading or writing the disk failed: ${path}.`,
		fix: "Check the system log (dmesg): the disk may be failing. Then repeat the command.",
	},
};

/**
 * What the disk, or the system's limits, refused, in words. It can happen to any command.
 * @returns undefined for an error of another kind.
 */
export function diskFault(error: unknown, next: string): PipelineError | undefined {
	const why = messageOf(error);
	// What DuckDB and children say of a full disk has no code.
	const code = /no space left on device|disk quota exceeded/i.test(why) ? "ENOSPC" : (errorCode(error) ?? "");
	const fault = Object.hasOwn(faults, code) ? faults[code] : undefined;
	if (fault === undefined) return undefined;
	const { path, dest } = error as { path?: unknown; dest?: unknown };
	const place = [dest, path].find((one): one is string => typeof one === "string");
	return new PipelineError(
		"failure",
		{ what: fault.what(place ?? "A file"), why, fix: fault.fix, next },
		{ cause: error },
	);
}
