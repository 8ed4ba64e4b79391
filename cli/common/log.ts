import { errorCode } from "./errors.ts";

/**
 * What happens inside, for whoever looks for a cause: one line of JSON for each call of AWS, each statement, and each child
 * process. Switched on by PIPELINE_LOG=debug and `--verbose`. No event takes a parameter of a call or a statement, or a message
 * of an error, as these hold data and secrets.
 */
export type LogEvent = AwsEvent | StatementEvent | ProcessEvent;

interface Ended {
	ms: number;
	/** Code or name of the error. */
	error?: string | undefined;
}

export interface AwsEvent extends Ended {
	event: "aws";
	service: string;
	operation: string;
	attempts?: number | undefined;
	requestId?: string | undefined;
	/** Of HTTP. */
	status?: number | undefined;
}

interface StatementEvent extends Ended {
	event: "mysql" | "duckdb";
	sql: string;
	rows?: number | undefined;
}

interface ProcessEvent extends Ended {
	event: "process";
	command: string;
	args: readonly string[];
	pid?: number | undefined;
	/** Exit code, or the signal that ended it. */
	exit?: number | string | undefined;
	/** It continues when we end. */
	background?: true;
}

/** Values that must not be shown wherever they turn up; shorter ones would garble the lines. */
const secrets = new Set<string>();
const shortestSecret = 6;

let write: ((line: string) => void) | undefined;

/** Whether PIPELINE_LOG asks for it. */
export function logIsAskedFor(): boolean {
	return process.env.PIPELINE_LOG === "debug";
}

/** Sends the lines somewhere, or nowhere. */
export function logTo(to: ((line: string) => void) | undefined): void {
	write = to;
	secrets.clear();
	if (to === undefined) return;
	for (const [name, value] of Object.entries(process.env)) if (isSecretName(name)) keepSecret(value);
}

export function isLogging(): boolean {
	return write !== undefined;
}

/** Hides a value from here on, also as a URL or a string in SQL has it. */
export function keepSecret(value: string | undefined): void {
	if (write === undefined || value === undefined || value.length < shortestSecret) return;
	secrets.add(value).add(encodeURIComponent(value));
	secrets.add(value.replaceAll("'", "''")).add(value.replaceAll(/['"\\]/g, "\\$&"));
}

export function log(event: LogEvent): void {
	if (write === undefined) return;
	const shown = JSON.stringify({ time: new Date().toISOString(), ...event }, (_, value: unknown) =>
		typeof value === "string" ? withoutSecrets(value) : value,
	);
	write(shown);
}

/** Milliseconds since `performance.now()` was this. */
export function millisecondsSince(start: number): number {
	return Math.round((performance.now() - start) * 10) / 10;
}

/** What an error is called: its code, else its name. */
export function errorName(error: unknown): string {
	return errorCode(error) ?? (error instanceof Error ? error.name : "unknown");
}

/** The most of a statement that is shown. */
const mostSql = 1000;

/** A statement as it may be shown. One that sets a password, or may hold another secret, is not. */
export function shownStatement(sql: string): string {
	const text = sql.trim();
	if (/identified|passw(or)?d|secret|credential|token|(access|api)_?key/i.test(text) && /['"]|0x/i.test(text)) {
		return `${text.split(/\s+/, 2).join(" ")} … (not shown, because it may contain a secret)`;
	}
	return text.length <= mostSql ? text : `${text.slice(0, mostSql)} … (${text.length} characters)`;
}

/** Arguments of a program as they may be shown: without the values of options and settings that are called like secrets. */
export function shownArguments(args: readonly string[]): string[] {
	return args.map((arg, at) => {
		const before = args[at - 1] ?? "";
		if (/^--?[\w-]+$/.test(before) && isSecretName(before) && !arg.startsWith("-")) return "***";
		const [, name] = /^([\w.-]+)=/.exec(arg) ?? [];
		return name !== undefined && isSecretName(name) ? `${name}=***` : arg;
	});
}

function isSecretName(name: string): boolean {
	return /pass(w|phrase|$)|secret|token|credential|key$/i.test(name);
}

function withoutSecrets(text: string): string {
	let shown = text
		.replaceAll(/(?<=:\/\/)[^\s/@'"]+@/g, "***@")
		.replaceAll(/(?<=[?&#](?:[\w-]*(?:password|secret|token|key|signature|credential))=)[^&\s'"]+/gi, "***");
	for (const secret of secrets) shown = shown.replaceAll(secret, "***");
	return shown;
}
