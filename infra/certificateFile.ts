import { X509Certificate } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { readProjectFile } from "./projectFolder.ts";

const key = "sourceCaCertificateFile";
const block = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * The certificate authority of a server that exists, PEM.
 *
 * @param file as the stack's configuration names it
 * @throws pulumi.RunError that says what is wrong with the file.
 */
export function readCertificate(file: string): string {
	const text = readProjectFile(key, file);
	const fault = faultOf(text);
	if (fault === undefined) return text;
	throw new pulumi.RunError(
		`${key}: ${JSON.stringify(file)} ${fault}. Set it to the file with the authority's certificates: pulumi config set ${key} source-ca.pem`,
	);
}

/** A key would end up in DMS, in the state and in the outputs, where anybody of the account reads it. */
function faultOf(text: string): string | undefined {
	if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return "contains a private key, which must not leave its server";
	const certificates = text.match(block) ?? [];
	if (certificates.length === 0) return "contains no PEM certificate (-----BEGIN CERTIFICATE-----)";
	const ends = certificates.map(endOf);
	if (ends.includes(undefined)) return "contains a certificate that cannot be read";
	const last = Math.max(...ends.map((end) => end?.getTime() ?? 0));
	return last < Date.now()
		? `contains only expired certificates, the last since ${new Date(last).toISOString()}`
		: undefined;
}

function endOf(pem: string): Date | undefined {
	try {
		return new Date(new X509Certificate(pem).validTo);
	} catch {
		return undefined;
	}
}
