import type { Connection, ConnectionOptions } from "mysql2/promise";
import { errorCode, messageOf, PipelineError } from "../../common/errors.ts";
import type { SourceConnection } from "../port.ts";
import type { SourceAccess } from "./access.ts";
import { openConnection } from "./open.ts";

/**
 * Options of a mysql2 connection that loses nothing: integers beyond 2^53, decimals, dates and times come as strings.
 * TLS verifies the server with Node's authorities; NODE_EXTRA_CA_CERTS adds others.
 */
export function clientOptions(access: SourceAccess): ConnectionOptions {
	return {
		host: access.host,
		port: access.port,
		user: access.user,
		password: access.password,
		...(access.tls ? { ssl: { rejectUnauthorized: true, minVersion: "TLSv1.2" } } : {}),
		charset: "utf8mb4_unicode_520_ci",
		connectTimeout: 10_000,
		dateStrings: true,
		supportBigNumbers: true,
		bigNumberStrings: false,
		timezone: "Z",
	};
}

const sourceUp = "pipeline-cli source up";

/**
 * @param next the command to run when the fault is corrected.
 * @throws PipelineError that names the server and says how to fix it.
 */
export async function openClient(access: SourceAccess, next = sourceUp): Promise<Connection> {
	try {
		return await openConnection(clientOptions(access));
	} catch (error) {
		throw connectionError(access, error, next);
	}
}

/** Like `openClient`. */
export async function connect(access: SourceAccess, next?: string): Promise<SourceConnection> {
	const client = await openClient(access, next);
	return {
		async query(sql, values) {
			const [rows] = await client.query(sql, values);
			return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
		},
		close: () => client.end(),
	};
}

function connectionError(access: SourceAccess, error: unknown, next: string): PipelineError {
	const server = `${access.host}:${access.port}`;
	const code = errorCode(error) ?? "";
	const text = { why: messageOf(error), next };
	if (code === "ER_ACCESS_DENIED_ERROR" || code === "ER_ACCESS_DENIED_NO_PASSWORD_ERROR") {
		return new PipelineError("credentials", {
			...text,
			what: `${server} refused the user ${access.user}.`,
			fix: "Check user, password (PIPELINE_SOURCE_PASSWORD) and the hosts that the account may come from.",
		});
	}
	if (code === "HANDSHAKE_NO_SSL_SUPPORT") {
		return new PipelineError("failure", {
			...text,
			what: `${server} offers no encrypted connection.`,
			fix: "Turn TLS on at the server, or append ?ssl-mode=DISABLED to the URL where the network is your own.",
		});
	}
	if (/certificate|self.signed|CERT|ERR_TLS/i.test(`${code} ${text.why}`)) {
		return new PipelineError("failure", {
			...text,
			what: `The certificate of ${server} can't be verified.`,
			fix: "Name the file of its authority in NODE_EXTRA_CA_CERTS, or append ?ssl-mode=DISABLED to the URL where the network is your own.",
		});
	}
	return new PipelineError(
		"failure",
		{
			...text,
			what: `No MySQL or MariaDB answers at ${server}.`,
			why: text.why === "" ? code : text.why,
			fix:
				next === sourceUp
					? "Start the private source with `pipeline-cli source up`; for a server of your own, check host, port and firewall."
					: "Check host, port and firewall.",
		},
		{ cause: error },
	);
}
