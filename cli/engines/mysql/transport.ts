import { connect, isIP, type Socket } from "node:net";
import type { ConnectionOptions } from "mysql2/promise";
import type { ServerAddress } from "./access.ts";
import { verifies } from "./tlsMode.ts";

type Transport = Pick<ConnectionOptions, "host" | "port" | "socketPath" | "ssl" | "stream">;

/** How every connection to a server is made: its address and TLS, as mysql2's options. */
export function transport(address: ServerAddress): Transport {
	const { host, port, socket, tls, ca } = address;
	const place = socket === undefined ? { host, port } : { host, port, socketPath: socket };
	if (tls === "DISABLED") return place;
	const ssl = {
		...(ca === undefined ? {} : { ca }),
		minVersion: "TLSv1.2",
		rejectUnauthorized: verifies(tls),
		verifyIdentity: tls === "VERIFY_IDENTITY",
	};
	if (tls !== "VERIFY_IDENTITY" || socket !== undefined) return { ...place, ssl };
	const identity = address.identity ?? host;
	// mysql2 compares the certificate with `host`, wherever its stream leads to.
	return { host: identity, port, ssl, stream: () => streamTo(host, port, identity) };
}

/**
 * Where the identity is an IP address, mysql2 gives Node's TLS no name, and Node then takes the name that the socket was
 * connected by, else "localhost": a socket knows none where it was connected by an address.
 */
function streamTo(host: string, port: number, identity: string): Socket {
	const stream = connect({ host, port, keepAlive: true });
	return isIP(identity) === 0 ? stream : Object.assign(stream, { _host: identity });
}
