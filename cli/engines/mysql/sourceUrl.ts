import { PipelineError } from "../../common/errors.ts";
import type { ExternalServer, TlsMode } from "../port.ts";
import type { ServerAddress } from "./access.ts";
import { tlsModes, verifies } from "./tlsMode.ts";

type Place = Pick<ServerAddress, "host" | "port" | "socket"> & Pick<ExternalServer, "user">;
type Authority = Required<Pick<ExternalServer, "ca" | "caFile">>;

/**
 * Reads `mysql://user@host:port/schema?ssl-mode=…&socket=…`; a schema need not be named. Without `ssl-mode` the server's
 * certificate and name are verified, unless the server is on this machine.
 * @param mayHoldPassword whether a password in it is allowed: not in an argument, which every user of the machine can read
 * in the list of processes.
 * @param command that takes it, for a refusal.
 * @param authority to verify the certificate by. As with MySQL's clients it asks for that also where `ssl-mode` says nothing.
 * @throws PipelineError that names the part that is wrong, and never shows a password.
 */
export function parseSourceUrl(
	text: string,
	mayHoldPassword: boolean,
	command = "source up",
	authority?: Authority,
): ExternalServer {
	let url: URL;
	try {
		url = new URL(text);
	} catch {
		throw wrong("It is not a valid URL.");
	}
	if (!["mysql:", "mariadb:"].includes(url.protocol)) throw wrong(`It begins with ${url.protocol}//.`);
	if (url.hostname === "") throw wrong("It contains no host.");
	if (url.username === "") throw wrong("It contains no user.");
	if (url.password !== "" && !mayHoldPassword) {
		throw new PipelineError("usage", {
			what: "--source-url must not contain the password.",
			why: "Arguments are visible in the process list and stored in the shell's history. Change this password if others use this machine.",
			fix: "Set PIPELINE_SOURCE_PASSWORD to the password, or PIPELINE_SOURCE_URL to the whole URL. Without either, the command asks for the password.",
			next: `pipeline-cli ${command} --source-url mysql://${url.username}@${url.host}`,
		});
	}
	const schema = decoded(url.pathname.replace(/^\//, ""));
	if (schema.includes("/")) throw wrong(`Its path ${url.pathname} is not the name of one schema.`);
	const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
	return {
		host,
		port: url.port === "" ? 3306 : Number(url.port),
		user: decoded(url.username),
		...(url.password === "" ? {} : { password: decoded(url.password) }),
		...parameters(url, host, authority),
		...authority,
		...(schema === "" ? {} : { schema }),
	};
}

/** The options that name a server, without its password. */
export function serverOptions(server: ExternalServer): string[] {
	return ["--source-url", sourceUrl(server), ...(server.caFile === undefined ? [] : ["--source-ca", server.caFile])];
}

/** @returns the server as an argument may name it: without its password. */
export function sourceUrl(server: Place & Pick<ExternalServer, "tls">): string {
	return withMode(server, server.tls);
}

/** The same server, with another mode. */
export function withMode({ host, port, user, socket }: Place, mode: TlsMode): string {
	const query = [
		...(socket === undefined ? [] : [`socket=${encodeURIComponent(socket).replaceAll("%2F", "/")}`]),
		...(mode === usualMode(host) ? [] : [`ssl-mode=${mode}`]),
	];
	const place = host.includes(":") ? `[${host}]` : host;
	const tail = query.length === 0 ? "" : `/?${query.join("&")}`;
	return `mysql://${encodeURIComponent(user)}@${place}${socket === undefined ? `:${port}` : ""}${tail}`;
}

function decoded(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		throw wrong("It contains a % that does not start a code such as %20. Write a literal % as %25.");
	}
}

function usualMode(host: string): TlsMode {
	return ["localhost", "127.0.0.1", "::1"].includes(host) ? "DISABLED" : "VERIFY_IDENTITY";
}

function parameters(url: URL, host: string, authority: Authority | undefined): Pick<ExternalServer, "tls" | "socket"> {
	const known = ["ssl-mode", "socket"];
	const unknown = [...url.searchParams.keys()].find((name) => !known.includes(name));
	if (unknown !== undefined) throw wrong(`Unknown parameter ${unknown}; the parameters are ${known.join(" and ")}.`);
	const given = url.searchParams.get("ssl-mode");
	const mode = tlsModes.find((one) => one === given?.toUpperCase());
	if (given !== null && mode === undefined)
		throw wrong(`ssl-mode is ${given}; it must be one of ${tlsModes.join(", ")}.`);
	const usual = usualMode(host);
	const tls = mode ?? (authority !== undefined && !verifies(usual) ? "VERIFY_CA" : usual);
	if (authority !== undefined && !verifies(tls)) {
		throw wrong(`ssl-mode is ${tls}, which verifies no certificate, so --source-ca has no effect.`);
	}
	const socket = url.searchParams.get("socket");
	if (socket === null) return { tls };
	if (!socket.startsWith("/")) throw wrong(`socket is ${socket || "empty"}; it must be an absolute path.`);
	if (host !== "localhost" || url.port !== "")
		throw wrong("With a socket, the host must be localhost, without a port.");
	if (verifies(tls)) throw wrong(`ssl-mode is ${tls}, but a local socket has no host name to verify.`);
	return { tls, socket };
}

function wrong(why: string): PipelineError {
	return new PipelineError("usage", {
		what: "The source's URL is not valid.",
		why,
		fix: "Write mysql://user@host:port, for example mysql://repl@db.example.com:3306.",
	});
}
