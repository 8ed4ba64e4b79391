import { errorCode, messageOf, type Outcome, PipelineError } from "../../common/errors.ts";
import { addressOf, type SourceAccess } from "./access.ts";
import { withMode } from "./sourceUrl.ts";
import { verifies } from "./tlsMode.ts";

interface Fault {
	outcome: Outcome;
	what: string;
	fix: string;
	/** In place of `source up`. */
	next?: string;
}

const sourceUp = "pipeline-cli source up";
/** Where a certificate cannot be verified; what each way gives up is said with it. */
const otherWays =
	"or append to the URL ?ssl-mode=REQUIRED, which encrypts but does not verify the server, or ?ssl-mode=DISABLED on a network you trust";

/**
 * Why no connection came about, and what to do.
 * @param next the command to run when the fault is corrected.
 */
export function connectionFault(access: SourceAccess, error: unknown, next?: string): PipelineError {
	const fault = permanentFault(access, error) ?? passingFault(access, error, next);
	const why = messageOf(error) || (errorCode(error) ?? "");
	const { outcome, what, fix } = fault;
	return new PipelineError(outcome, { what, why, fix, next: next ?? fault.next ?? sourceUp }, { cause: error });
}

/** Whether a connection is refused until somebody changes something: trying again does not help. */
export function isRefusedConnection(access: SourceAccess, error: unknown): boolean {
	return permanentFault(access, error) !== undefined;
}

function permanentFault(access: SourceAccess, error: unknown): Fault | undefined {
	const server = addressOf(access);
	const { errno, message = "" } = (error ?? {}) as { errno?: number; message?: string };
	const account = `the account of ${access.user}`;
	// Some numbers mean something else on the other kind of server, so that the texts decide.
	switch (errno) {
		case 1045:
		case 1698: {
			const byTls =
				access.tls === "DISABLED" && access.socket === undefined
					? " An account that requires encryption (REQUIRE SSL) needs ?ssl-mode=VERIFY_IDENTITY in the URL."
					: "";
			return credentials(
				`${server} refused the user ${access.user}.`,
				`Check the user, the password (PIPELINE_SOURCE_PASSWORD) and the hosts from which the account may connect.${byTls}`,
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
	return tlsFault(access, error);
}

function tlsFault(access: SourceAccess, error: unknown): Fault | undefined {
	const server = addressOf(access);
	const code = errorCode(error) ?? "";
	if (code === "HANDSHAKE_NO_SSL_SUPPORT") {
		return {
			outcome: "failure",
			what: `${server} does not support encrypted connections.`,
			fix: "Turn on TLS on the server, or append ?ssl-mode=DISABLED to the URL if you trust the network.",
		};
	}
	const text = `${code} ${messageOf(error)}`;
	const mentionsCertificate = /certificate|self.signed|CERT|altnames/i.test(text);
	if (!verifies(access.tls) || !mentionsCertificate) return undefined;
	if (/altnames|does not match/i.test(text)) {
		return {
			outcome: "failure",
			what: `The certificate of ${server} belongs to another server.`,
			fix: `Use a host name from the certificate in the URL. Or, if its authority is your own (as with MySQL's automatic certificates), pass the authority with --source-ca and append ?ssl-mode=VERIFY_CA to the URL.`,
		};
	}
	if (/has expired|not yet valid/i.test(text)) {
		return {
			outcome: "failure",
			what: `The certificate of ${server} is not valid today.`,
			fix: "Renew it on the server, or correct the clock of this machine.",
		};
	}
	return {
		outcome: "failure",
		what: `The certificate of ${server} cannot be verified.`,
		fix: `${access.ca === undefined ? "Pass the file of its authority with --source-ca" : "Pass the authority that issued it with --source-ca"}; ${otherWays}.`,
	};
}

function passingFault(access: SourceAccess, error: unknown, next: string | undefined): Fault {
	const server = addressOf(access);
	const { errno, code } = (error ?? {}) as { errno?: number; code?: string };
	const failure = (what: string, fix: string): Fault => ({ outcome: "failure", what, fix });
	if (errno === 1040 || errno === 1203 || errno === 1226) {
		return failure(
			`${server} accepts no more connections${errno === 1040 ? "" : ` of ${access.user}`}.`,
			"Wait until other connections end, or raise max_connections or the account's limit. Replication needs up to five connections.",
		);
	}
	if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
		return failure(`The host ${access.host} cannot be resolved.`, "Check the host name, and this machine's DNS.");
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
		next === undefined
			? "Start the private source with `pipeline-cli source up`; for your own server, check the host, port and firewall."
			: "Check the host, port and firewall.",
	);
}

function credentials(what: string, fix: string): Fault {
	return { outcome: "credentials", what, fix };
}
