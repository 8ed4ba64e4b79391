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
		if (certificates.length === 0) throw new Error("it has no BEGIN CERTIFICATE in it");
		for (const certificate of certificates) new X509Certificate(certificate);
		return `${certificates.join("\n")}\n`;
	} catch (error) {
		throw new PipelineError(
			"usage",
			{
				what: `The authority in ${file} can't be read.`,
				why: `${messageOf(error)}.`,
				fix: "Name the PEM file of the authority that issued the server's certificate with --source-ca. MySQL's own is ca.pem in its data folder.",
			},
			{ cause: error },
		);
	}
}
