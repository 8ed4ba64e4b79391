import type { TlsMode } from "../port.ts";

/** Where a MySQL server is, and how it is to be reached. */
export interface ServerAddress {
	host: string;
	port: number;
	/** Path of a socket of this machine, in place of host and port. */
	socket?: string | undefined;
	tls: TlsMode;
	/** PEM of the authorities that the server's certificate is verified by; Node's own where there is none. */
	ca?: string | undefined;
	/** The name that the certificate must bear where the server is reached by another one, such as a tunnel's; default: `host`. */
	identity?: string | undefined;
}

/** What a MySQL client needs to reach a source. */
export interface SourceAccess extends ServerAddress {
	user: string;
	password: string;
	/** Schemas to replicate. */
	schemas: string[];
	/** Whether it is the stack's own server, which pipeline-cli starts. */
	isPrivate?: boolean;
}

/** How messages name a server. */
export function addressOf({ host, port, socket }: Pick<ServerAddress, "host" | "port" | "socket">): string {
	return socket ?? `${host}:${port}`;
}

export function isSameServer(
	a: Pick<ServerAddress, "host" | "port" | "socket">,
	b: Pick<ServerAddress, "host" | "port" | "socket">,
): boolean {
	return a.socket === b.socket && (a.socket !== undefined || (a.host === b.host && a.port === b.port));
}
