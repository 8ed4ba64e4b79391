import { PipelineError } from "../../common/errors.ts";
import type { ExternalServer } from "../port.ts";

/**
 * Reads `mysql://user@host:port/schema?ssl-mode=…`; a schema need not be named. TLS is on unless the server is on this machine or `ssl-mode=DISABLED`.
 * @param mayHoldPassword whether a password in it is allowed: not in an argument, which every user of the machine can read
 * in the list of processes.
 * @param command that takes it, for a refusal.
 * @throws PipelineError that names the part that is wrong, and never shows a password.
 */
export function parseSourceUrl(text: string, mayHoldPassword: boolean, command = "source up"): ExternalServer {
	let url: URL;
	try {
		url = new URL(text);
	} catch {
		throw wrong("It can't be read as a URL.");
	}
	if (!["mysql:", "mariadb:"].includes(url.protocol)) throw wrong(`It begins with ${url.protocol}//.`);
	if (url.hostname === "") throw wrong("It names no host.");
	if (url.username === "") throw wrong("It names no user.");
	if (url.password !== "" && !mayHoldPassword) {
		throw new PipelineError("usage", {
			what: "The password must not be in --source-url.",
			why: "Arguments are seen in the list of processes and kept in the shell's history. Change this password if others use the machine.",
			fix: "Put the password into PIPELINE_SOURCE_PASSWORD, or the whole URL into PIPELINE_SOURCE_URL, or leave it out and be asked.",
			next: `pipeline-cli ${command} --source-url mysql://${url.username}@${url.host}`,
		});
	}
	const schema = decoded(url.pathname.replace(/^\//, ""));
	if (schema.includes("/")) throw wrong(`Its path, ${url.pathname}, does not name one schema.`);
	const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
	return {
		host,
		port: url.port === "" ? 3306 : Number(url.port),
		user: decoded(url.username),
		...(url.password === "" ? {} : { password: decoded(url.password) }),
		tls: wantsTls(url, host),
		...(schema === "" ? {} : { schema }),
	};
}

/** @returns the server as an argument may name it: without its password. */
export function sourceUrl(server: ExternalServer): string {
	const host = server.host.includes(":") ? `[${server.host}]` : server.host;
	const isDefault = server.tls === !isLoopback(server.host);
	const query = isDefault ? "" : `/?ssl-mode=${server.tls ? "VERIFY_IDENTITY" : "DISABLED"}`;
	return `mysql://${encodeURIComponent(server.user)}@${host}:${server.port}${query}`;
}

function decoded(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		throw wrong("A % in it does not begin a code such as %20; write a % itself as %25.");
	}
}

function isLoopback(host: string): boolean {
	return ["localhost", "127.0.0.1", "::1"].includes(host);
}

function wantsTls(url: URL, host: string): boolean {
	const unknown = [...url.searchParams.keys()].find((name) => name !== "ssl-mode");
	if (unknown !== undefined) throw wrong(`The parameter ${unknown} is not known; ssl-mode is the only one.`);
	const mode = url.searchParams.get("ssl-mode");
	if (mode === null) return !isLoopback(host);
	if (mode === "DISABLED") return false;
	if (mode === "VERIFY_IDENTITY") return true;
	throw wrong(`ssl-mode is ${mode}; it takes DISABLED or VERIFY_IDENTITY.`);
}

function wrong(why: string): PipelineError {
	return new PipelineError("usage", {
		what: "The source's URL is not valid.",
		why,
		fix: "Write it as mysql://user@host:port, for instance mysql://repl@db.example.com:3306.",
	});
}
