import { errorCode, messageOf, PipelineError } from "../../common/errors.ts";
import { addressOf, type SourceAccess } from "./access.ts";
import { NoGreeting } from "./greeting.ts";
import { withMode } from "./sourceUrl.ts";
import { type Fault, readable, tlsFault } from "./tlsFault.ts";

const sourceUp = "pipeline-cli source up";
/**
 * Why no connection came about, and what to do.
 * @param next the command to run when the fault is corrected.
 */
export function connectionFault(access: SourceAccess, error: unknown, next?: string): PipelineError {
	const fault = permanentFault(access, error) ?? passingFault(access, error);
	const why = readable(messageOf(error) || (errorCode(error) ?? ""));
	const { outcome, what, fix } = fault;
	return new PipelineError(outcome, { what, why, fix, next: next ?? fault.next ?? sourceUp }, { cause: error });
}

/** Whether a connection is refused until somebody changes something: trying again does not help. */
export function isRefusedConnection(access: SourceAccess, error: unknown): boolean {
	return permanentFault(access, error) !== undefined;
}

/** Whether a connection that stood is gone: the server shuts down (1053), or the connection was killed (1927, 3169) or idle (4031). */
export function isLost(error: unknown): boolean {
	const { errno, code, fatal } = (error ?? {}) as { errno?: number; code?: string; fatal?: boolean };
	if ([1053, 1927, 3169, 4031].includes(errno ?? 0)) return true;
	return fatal === true && ["PROTOCOL_CONNECTION_LOST", "ECONNRESET", "EPIPE"].includes(code ?? "");
}

const unreachable = new Set([
	...["ETIMEDOUT", "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN", "ENOENT"],
	"NO_GREETING",
]);

/** Whether no connection came about, which the error itself says without the server's name. */
export function isUnreachable(error: unknown): boolean {
	return unreachable.has(errorCode(error) ?? "");
}

function permanentFault(access: SourceAccess, error: unknown): Fault | undefined {
	const server = addressOf(access);
	const { errno, message = "" } = (error ?? {}) as { errno?: number; message?: string };
	const account = `the account of ${access.user}`;
	// Some numbers mean something else on the other kind of server, so that the texts decide.
	switch (errno) {
		case 1045:
		case 1698: {
			return credentials(
				`${server} refused the user ${access.user}.`,
				`Check the user, the password (PIPELINE_SOURCE_PASSWORD) and the hosts from which the account may connect.${otherReason(access, errno)}`,
			);
		}
		case 1130:
			return credentials(
				`${server} does not accept connections from this machine.`,
				`Create ${account} for the host named in the message: CREATE USER ${access.user}@'…'.`,
			);
		case 1129:
			return credentials(
				`${server} blocks this machine after too many broken connections.`,
				"Run FLUSH HOSTS on the server (MySQL 8.0.23 and later: TRUNCATE TABLE performance_schema.host_cache).",
			);
		case 1820:
		case 1862:
			return credentials(
				`The password of ${access.user} at ${server} has expired.`,
				`Set a new password for ${account} (ALTER USER … IDENTIFIED BY …), and put it into PIPELINE_SOURCE_PASSWORD.`,
			);
		case 3159:
			return {
				...credentials(
					`${server} accepts only encrypted connections.`,
					"Append ?ssl-mode=VERIFY_IDENTITY to the URL (or ?ssl-mode=REQUIRED, which does not verify its certificate).",
				),
				next: `${sourceUp} --source-url ${withMode(access, "VERIFY_IDENTITY")}`,
			};
	}
	if (errno === 3118 || /account is locked/i.test(message)) {
		return credentials(
			`The account of ${access.user} at ${server} is locked.`,
			"Unlock it on the server: ALTER USER … ACCOUNT UNLOCK.",
		);
	}
	if (errno === 3955 || /blocked because of too many credential errors/i.test(message)) {
		return credentials(
			`${server} blocks the user ${access.user} after too many wrong passwords.`,
			"Unblock it on the server (ALTER USER … ACCOUNT UNLOCK; MariaDB: FLUSH PRIVILEGES), and check the password.",
		);
	}
	const plugin = /unknown plugin (\w+)/.exec(message)?.[1];
	if (plugin !== undefined) {
		return credentials(
			`${server} requires ${access.user} to log in with ${plugin}, which pipeline-cli does not support.`,
			`Give ${account} a password with caching_sha2_password (MySQL: ALTER USER … IDENTIFIED WITH caching_sha2_password BY …) or mysql_native_password (MariaDB: ALTER USER … IDENTIFIED BY …).`,
		);
	}
	return tlsFault(access, error);
}

/** What the server does not say when it refuses a user. */
function otherReason({ tls, socket }: SourceAccess, errno: number): string {
	if (errno === 1698) {
		return " An account that logs in by its user of the operating system (unix_socket, auth_socket) cannot be used: give it a password.";
	}
	if (socket !== undefined) return "";
	return tls === "DISABLED"
		? " An account that requires encryption (REQUIRE SSL) needs ?ssl-mode=VERIFY_IDENTITY in the URL."
		: " An account that requires a client's certificate (REQUIRE X509, ISSUER or SUBJECT) cannot be used: require only SSL for it (ALTER USER … REQUIRE SSL).";
}

function passingFault(access: SourceAccess, error: unknown): Fault {
	const server = addressOf(access);
	const { errno, code, message = "", sqlState } = (error ?? {}) as NodeJS.ErrnoException & { sqlState?: string };
	const failure = (what: string, fix: string): Fault => ({ outcome: "failure", what, fix });
	if (errno === 1040 || errno === 1203 || errno === 1226) {
		const what = /max_(questions|queries|updates)/.test(message) ? "statements" : "connections";
		return failure(
			`${server} accepts no more ${what}${errno === 1040 ? "" : ` from ${access.user}`}.`,
			"Wait until other connections end, or raise max_connections or the account's limit. Replication needs up to five connections.",
		);
	}
	if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
		return failure(`The host ${access.host} cannot be resolved.`, "Check the host name, and this machine's DNS.");
	}
	if (errno === 3032) {
		return failure(
			`${server} is in offline mode.`,
			"Wait until its maintenance is over, or turn the mode off: SET GLOBAL offline_mode = OFF.",
		);
	}
	if (isLost(error)) {
		return failure(
			`${server} ended the connection.`,
			"It may be restarting, or somebody ended the connection (KILL): check that it is running, then run the command again.",
		);
	}
	// Whoever has a state of SQL to tell is a server.
	if (sqlState !== undefined) {
		return failure(`${server} ended the connection.`, "Fix on the server what its message reports.");
	}
	if (error instanceof NoGreeting && access.isPrivate === true) {
		return failure(
			`What listens at ${server} is not the stack's own server.`,
			"End the program that uses the port, or choose another one: `pipeline-cli source up --port <port>`.",
		);
	}
	if (error instanceof NoGreeting) {
		return error.isForeign
			? failure(
					`What listens at ${server} is not a MySQL or MariaDB server.`,
					"Check the host and port: MySQL's is usually 3306.",
				)
			: failure(
					`What listens at ${server} does not respond as MySQL or MariaDB does.`,
					"Check the host and port, and whether the server hangs. Behind a tunnel or proxy, check that its server is running.",
				);
	}
	if (access.socket !== undefined) {
		return failure(
			`No MySQL or MariaDB is listening at ${server}.`,
			code === "EACCES"
				? "Give the user of pipeline-cli read and write access to the socket and execute access to its folder."
				: "Start the server, and check that the path matches its `socket` setting.",
		);
	}
	if (code === "ETIMEDOUT" || code === "EHOSTUNREACH" || code === "ENETUNREACH") {
		return failure(
			`The connection to ${server} timed out.`,
			"Check the host and port, and the firewalls and networks in between.",
		);
	}
	return failure(
		`No MySQL or MariaDB is listening at ${server}.`,
		access.isPrivate === true
			? "Start the stack's own server with `pipeline-cli source up`."
			: "Check that the server is running, and check the host, port and firewall.",
	);
}

function credentials(what: string, fix: string): Fault {
	return { outcome: "credentials", what, fix };
}
