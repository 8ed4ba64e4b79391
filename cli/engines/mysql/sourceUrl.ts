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
		throw wrong("A % in it does not begin a code such as %20; write a % itself as %25.");
	}
}

function usualMode(host: string): TlsMode {
	return ["localhost", "127.0.0.1", "::1"].includes(host) ? "DISABLED" : "VERIFY_IDENTITY";
}

function parameters(url: URL, host: string, authority: Authority | undefined): Pick<ExternalServer, "tls" | "socket"> {
	const known = ["ssl-mode", "socket"];
	const unknown = [...url.searchParams.keys()].find((name) => !known.includes(name));
	if (unknown !== undefined) throw wrong(`The parameter ${unknown} is not known; there are ${known.join(" and ")}.`);
	const given = url.searchParams.get("ssl-mode");
	const mode = tlsModes.find((one) => one === given?.toUpperCase());
	if (given !== null && mode === undefined) throw wrong(`ssl-mode is ${given}; it takes ${tlsModes.join(", ")}.`);
	const usual = usualMode(host);
	const tls = mode ?? (authority !== undefined && !verifies(usual) ? "VERIFY_CA" : usual);
	if (authority !== undefined && !verifies(tls)) {
		throw wrong(`ssl-mode is ${tls}, which looks at no certificate, and --source-ca names whom to trust for it.`);
	}
	const socket = url.searchParams.get("socket");
	if (socket === null) return { tls };
	if (!socket.startsWith("/")) throw wrong(`socket is ${socket || "empty"}; it takes the whole path.`);
	if (host !== "localhost" || url.port !== "") throw wrong("With a socket the host is localhost, without a port.");
	if (verifies(tls)) throw wrong(`ssl-mode is ${tls}: a socket of this machine has no name to verify.`);
	return { tls, socket };
}

function wrong(why: string): PipelineError {
	return new PipelineError("usage", {
		what: "The source's URL is not valid.",
		why,
		fix: "Write it as mysql://user@host:port, for instance mysql://repl@db.example.com:3306.",
	});
}
