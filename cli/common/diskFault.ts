import { errorCode, messageOf, PipelineError } from "./errors.ts";

interface Fault {
	what: (path: string) => string;
	fix: string;
}

const full: Fault = { what: () => "The disk is full.", fix: "Make room, then repeat it." };
const locked: Fault = {
	what: (path) => `${path} may not be read or written.`,
	fix: "Give it to your user again (chown, chmod; a disk that was mounted read-only: mount it again), then repeat it.",
};
const tooMany: Fault = {
	what: () => "This machine lets pipeline-cli open no more files.",
	fix: "Raise the limit (ulimit -n 4096), then repeat it.",
};

/** By the system's code; see errno(3). */
const faults: Record<string, Fault> = {
	ENOSPC: full,
	EDQUOT: full,
	EFBIG: { what: (path) => `${path} may not grow further.`, fix: "Raise the limit (ulimit -f), then repeat it." },
	EROFS: locked,
	EACCES: locked,
	EPERM: locked,
	EISDIR: {
		what: (path) => `There is a folder where pipeline-cli has a file: ${path}.`,
		fix: "Move it away, then repeat it.",
	},
	ENOTDIR: {
		what: (path) => `There is a file where pipeline-cli has a folder: ${path}.`,
		fix: "Move it away, then repeat it.",
	},
	ELOOP: {
		what: (path) => `${path} is a symbolic link that leads to itself.`,
		fix: "Move it away, then repeat it.",
	},
	EMFILE: tooMany,
	ENFILE: tooMany,
	EIO: {
		what: (path) => `The disk could not be read or written: ${path}.`,
		fix: "Look at the system's log (dmesg): the disk may be failing. Then repeat it.",
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
