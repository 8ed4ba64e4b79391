import { connect, isIP, type Socket } from "node:net";
import type { ConnectionOptions } from "mysql2/promise";
import type { ServerAddress } from "./access.ts";
import { verifies } from "./tlsMode.ts";

type Transport = Pick<ConnectionOptions, "host" | "port" | "socketPath" | "ssl" | "stream">;

/**
 * How every connection to a server is made: its address and TLS, as mysql2's options.
 * @param watch gets the stream before anything was read from it.
 */
export function transport(address: ServerAddress, watch: (stream: Socket) => Socket): Transport {
	const { host, port, socket, tls, ca } = address;
	const isVerified = tls === "VERIFY_IDENTITY" && socket === undefined;
	const identity = isVerified ? (address.identity ?? host) : undefined;
	const stream = (): Socket => watch(socket === undefined ? streamTo(host, port, identity) : connect(socket));
	// mysql2 compares the certificate with `host`, wherever its stream leads to.
	const place = { host: identity ?? host, port, ...(socket === undefined ? {} : { socketPath: socket }), stream };
	if (tls === "DISABLED") return place;
	const ssl = {
		...(ca === undefined ? {} : { ca }),
		minVersion: "TLSv1.2",
		rejectUnauthorized: verifies(tls),
		verifyIdentity: tls === "VERIFY_IDENTITY",
	};
	return { ...place, ssl };
}

/**
 * Where the identity is an IP address, mysql2 gives Node's TLS no name, and Node then takes the name that the socket was
 * connected by, else "localhost": a socket knows none where it was connected by an address.
 */
function streamTo(host: string, port: number, identity: string | undefined): Socket {
	const stream = connect({ host, port, keepAlive: true, noDelay: true });
	return identity === undefined || isIP(identity) === 0 ? stream : Object.assign(stream, { _host: identity });
}
