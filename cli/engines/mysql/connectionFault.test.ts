import { describe, expect, it } from "vitest";
import type { SourceAccess } from "./access.ts";
import { connectionFault, isRefusedConnection } from "./connectionFault.ts";

const access: SourceAccess = { host: "db", port: 3307, user: "repl", password: "x", tls: "DISABLED", schemas: [] };
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
		[error({ errno: 1226 }), "accepts no more connections of repl", "the account's limit"],
		[error({ code: "ENOTFOUND" }), "The host db cannot be resolved", "DNS"],
		[error({ code: "ETIMEDOUT" }), "db:3307 timed out", "firewalls"],
		[error({ code: "ECONNREFUSED" }), "No MySQL or MariaDB is listening at db:3307", "check the host, port"],
		[tls("read ECONNRESET"), "No MySQL or MariaDB is listening at db:3307", "check the host, port"],
	])("of what may pass by itself: %#", (why, what, fix) => {
		expect(isRefusedConnection(verified, why)).toBe(false);
		const fault = connectionFault(verified, why);
		expect(fault.outcome).toBe("failure");
		expect(fault.text.what).toContain(what);
		expect(fault.text.fix).toContain(fix);
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
