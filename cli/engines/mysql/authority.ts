import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { messageOf, PipelineError } from "../../common/errors.ts";

/**
 * Reads the file of `--source-ca`.
 * @throws PipelineError where it has no certificates in it.
 */
export async function readAuthority(file: string): Promise<string> {
	try {
		const pem = await readFile(file, "utf8");
		const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
		if (certificates.length === 0) throw new Error("it contains no BEGIN CERTIFICATE line");
		for (const certificate of certificates) new X509Certificate(certificate);
		return `${certificates.join("\n")}\n`;
	} catch (error) {
		throw new PipelineError(
			"usage",
			{
				what: `The certificate authority in ${file} cannot be read.`,
				why: `${messageOf(error)}.`,
				fix: "Pass the PEM file of the authority that issued the server's certificate with --source-ca. MySQL creates its own as ca.pem in its data folder.",
			},
			{ cause: error },
		);
	}
}
