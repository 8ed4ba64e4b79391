import { errorCode, messageOf, type Outcome } from "../../common/errors.ts";
import { addressOf, type SourceAccess } from "./access.ts";
import { verifies } from "./tlsMode.ts";

export interface Fault {
	outcome: Outcome;
	what: string;
	fix: string;
	/** In place of `source up`. */
	next?: string;
}

/** Where a certificate cannot be verified; what each way gives up is said with it. */
const otherWays =
	"or append to the URL ?ssl-mode=REQUIRED, which encrypts but does not verify the server, or ?ssl-mode=DISABLED on a network you trust";

/** OpenSSL puts the reason between numbers and names of its functions and files. */
const opensslReason = /error:[0-9A-F]+:[^:]*:[^:]*:([^:]+)/i;

/** What OpenSSL says, without where in its code it says so. */
export function readable(message: string): string {
	return opensslReason.exec(message)?.[1] ?? message;
}

/** Why TLS did not come about; undefined for anything else. */
export function tlsFault(access: SourceAccess, error: unknown): Fault | undefined {
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
	if (
		opensslReason.test(text) &&
		/protocol|handshake failure|cipher|wrong version|internal error/i.test(readable(text))
	) {
		return {
			outcome: "failure",
			what: `${server} and pipeline-cli have no TLS version or no cipher in common.`,
			fix: "Enable TLS 1.2 or 1.3 (tls_version) and current ciphers (ssl_cipher; on MySQL also tls_ciphersuites) on the server.",
		};
	}
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
	if (/certificate purpose/i.test(text)) {
		return {
			outcome: "failure",
			what: `The certificate of ${server} is not meant for servers.`,
			fix: `Have a certificate issued for servers (extendedKeyUsage serverAuth); ${otherWays}.`,
		};
	}
	if (/unable to (verify the first|get (local )?issuer) certificate/i.test(text) && access.ca !== undefined) {
		return {
			outcome: "failure",
			what: `The certificate of ${server} cannot be verified.`,
			fix: `If there are intermediate certificates between it and the authority of --source-ca, configure the server to send them (ssl_cert with the whole chain), or pass one file that contains all of them with --source-ca; ${otherWays}.`,
		};
	}
	return {
		outcome: "failure",
		what: `The certificate of ${server} cannot be verified.`,
		fix: `${access.ca === undefined ? "Pass the file of its authority with --source-ca" : "Pass the authority that issued it with --source-ca"}; ${otherWays}.`,
	};
}
