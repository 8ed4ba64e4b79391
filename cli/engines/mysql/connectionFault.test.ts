import { describe, expect, it } from "vitest";
import type { SourceAccess } from "./access.ts";
import { connectionFault, isRefusedConnection } from "./connectionFault.ts";

const access: SourceAccess = { host: "db", port: 3307, user: "repl", password: "x", tls: "DISABLED", schemas: [] };
const withCa: SourceAccess = { ...access, tls: "VERIFY_CA", ca: "-----BEGIN CERTIFICATE-----" };
const verified: SourceAccess = { ...access, tls: "VERIFY_IDENTITY" };
const error = (values: object, message = "as the server says it"): Error => Object.assign(new Error(message), values);
const tls = (message: string): Error => error({ code: "HANDSHAKE_SSL_ERROR", fatal: true }, message);

describe("connectionFault", () => {
	it.each([
		[access, error({ errno: 1045 }), "credentials", "refused the user repl", "REQUIRE SSL"],
		[access, error({ errno: 3159 }), "credentials", "accepts only encrypted connections", "?ssl-mode=VERIFY_IDENTITY"],
		[access, error({ errno: 1862 }), "credentials", "has expired", "ALTER USER"],
		[access, error({ errno: 1820 }), "credentials", "has expired", "ALTER USER"],
		[access, error({ errno: 3118 }), "credentials", "is locked", "ACCOUNT UNLOCK"],
		[access, error({ errno: 4151 }, "Access denied, this account is locked"), "credentials", "is locked", "UNLOCK"],
		[
			access,
			error({ errno: 4150 }, "User is blocked because of too many credential errors"),
			"credentials",
			"too many wrong passwords",
			"FLUSH PRIVILEGES",
		],
		[access, error({ errno: 1130 }), "credentials", "does not accept connections from this machine", "CREATE USER"],
		[
			verified,
			error({ code: "HANDSHAKE_NO_SSL_SUPPORT" }),
			"failure",
			"does not support encrypted connections",
			"DISABLED",
		],
		[verified, tls("self-signed certificate in certificate chain"), "failure", "cannot be verified", "--source-ca"],
		[
			verified,
			tls("Hostname/IP does not match certificate's altnames: Host: db."),
			"failure",
			"belongs to another server",
			"VERIFY_CA",
		],
		[verified, tls("certificate has expired"), "failure", "not valid today", "Renew"],
		[verified, tls("certificate is not yet valid"), "failure", "not valid today", "clock"],
		[verified, tls("unsuitable certificate purpose"), "failure", "is not meant for servers", "serverAuth"],
		[withCa, tls("unable to verify the first certificate"), "failure", "cannot be verified", "the whole chain"],
		[
			withCa,
			tls("unable to get issuer certificate"),
			"failure",
			"cannot be verified",
			"one file that contains all of them",
		],
		[verified, error({ errno: 1045 }), "credentials", "refused the user repl", "REQUIRE X509"],
		[access, error({ errno: 1698 }), "credentials", "refused the user repl", "unix_socket"],
		[
			access,
			error({ fatal: true }, "Server requests authentication using unknown plugin parsec. See TODO: add plugins"),
			"credentials",
			"log in with parsec",
			"mysql_native_password",
		],
	] as const)("of what only a change ends: %#", (reached, why, outcome, what, fix) => {
		expect(isRefusedConnection(reached, why)).toBe(true);
		const fault = connectionFault(reached, why);
		expect(fault.outcome).toBe(outcome);
		expect(fault.text.what).toContain(what);
		expect(fault.text.why).toBe(why.message);
		expect(fault.text.fix).toContain(fix);
	});

	it.each([
		[error({ errno: 1040 }), "accepts no more connections", "max_connections"],
		[error({ errno: 1226 }), "accepts no more connections from repl", "the account's limit"],
		[error({ errno: 1226 }, "'max_questions' resource"), "accepts no more statements from repl", "the account's limit"],
		[error({ errno: 3032, sqlState: "HY000" }), "is in offline mode", "offline_mode"],
		[error({ errno: 1184, sqlState: "08S01" }), "ended the connection", "its message"],
		[error({ code: "ENOTFOUND" }), "The host db cannot be resolved", "DNS"],
		[error({ code: "ETIMEDOUT" }), "db:3307 timed out", "firewalls"],
		[error({ code: "ECONNREFUSED" }), "No MySQL or MariaDB is listening at db:3307", "check the host, port"],
		[error({ fatal: true, code: "PROTOCOL_CONNECTION_LOST" }), "db:3307 ended the connection", "KILL"],
		[error({ errno: 1053, sqlState: "08S01" }), "db:3307 ended the connection", "KILL"],
		[tls("read ECONNRESET"), "No MySQL or MariaDB is listening at db:3307", "check the host, port"],
	])("of what may pass by itself: %#", (why, what, fix) => {
		expect(isRefusedConnection(verified, why)).toBe(false);
		const fault = connectionFault(verified, why);
		expect(fault.outcome).toBe("failure");
		expect(fault.text.what).toContain(what);
		expect(fault.text.fix).toContain(fix);
	});

	it.each([
		[
			"tlsv1 alert protocol version",
			"80AC:error:0A00042E:SSL routines:ssl3_read_bytes:%:../deps/rec.c:1601:SSL alert 70\n",
		],
		[
			"sslv3 alert handshake failure",
			"80AC:error:0A000410:SSL routines:ssl3_read_bytes:%:../deps/rec.c:1601:SSL alert 40\n",
		],
	])("says of %s that nothing is in common, and not where in OpenSSL", (reason, text) => {
		const required: SourceAccess = { ...access, tls: "REQUIRED" };
		const why = tls(text.replace("%", reason));
		expect(isRefusedConnection(required, why)).toBe(true);
		const fault = connectionFault(required, why);
		expect(fault.text).toMatchObject({ why: reason, fix: expect.stringContaining("tls_version") });
		expect(fault.text.what).toContain("no TLS version");
	});

	it("names the command with TLS where the server takes nothing else", () => {
		expect(connectionFault(access, error({ errno: 3159 })).text.next).toBe(
			"pipeline-cli source up --source-url mysql://repl@db:3307",
		);
		const here = { ...access, host: "127.0.0.1" };
		expect(connectionFault(here, error({ errno: 3159 })).text.next).toContain(
			"127.0.0.1:3307/?ssl-mode=VERIFY_IDENTITY",
		);
	});

	it("names a socket by its path", () => {
		const there: SourceAccess = { ...access, socket: "/run/s" };
		expect(connectionFault(there, error({ code: "ENOENT" })).text.what).toContain("at /run/s");
		expect(connectionFault(there, error({ code: "EACCES" })).text.fix).toContain("execute access to its folder");
	});
});
