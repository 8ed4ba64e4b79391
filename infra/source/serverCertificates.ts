import type * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { encryptedSecret, secretValue } from "../shared/secret.ts";

export interface ServerCertificatesArgs {
	/** Key of the secret. */
	kmsKeyArn: pulumi.Input<string>;
	/** Whether the secret goes immediately with the stack. Otherwise it can be restored for 30 days. */
	disposable: boolean;
}

export interface ServerCertificates {
	/** PEM of the authority. */
	authority: pulumi.Output<string>;
	/** Secret of the server's key and certificate and of the authority, by their files. */
	secretArn: pulumi.Output<string>;
}

const years = (count: number): number => count * 365 * 24;

/** An authority and a server certificate of ours: DMS verifies the server by the authority. */
export function serverCertificates(
	parent: pulumi.ComponentResource,
	name: string,
	args: ServerCertificatesArgs,
): ServerCertificates {
	const authorityKey = privateKey(parent, `${name}-authority`);
	const authority = new tls.SelfSignedCert(
		`${name}-authority`,
		{
			privateKeyPem: authorityKey.privateKeyPem,
			isCaCertificate: true,
			subject: { commonName: `${name} authority` },
			validityPeriodHours: years(10),
			allowedUses: ["cert_signing", "crl_signing"],
		},
		{ parent },
	);
	const serverKey = privateKey(parent, `${name}-server`);
	const request = new tls.CertRequest(
		`${name}-server-request`,
		{ privateKeyPem: serverKey.privateKeyPem, subject: { commonName: name } },
		{ parent },
	);
	const server = new tls.LocallySignedCert(
		`${name}-server`,
		{
			certRequestPem: request.certRequestPem,
			caPrivateKeyPem: authorityKey.privateKeyPem,
			caCertPem: authority.certPem,
			validityPeriodHours: years(10),
			allowedUses: ["digital_signature", "key_encipherment", "server_auth"],
		},
		{ parent },
	);
	const files = {
		"ca.pem": authority.certPem,
		"server.pem": server.certPem,
		"server-key.pem": serverKey.privateKeyPem,
	};
	const description = "Source database: key, certificate and authority of the server";
	const secret = encryptedSecret(parent, `${name}-tls`, { ...args, description });
	return { authority: authority.certPem, secretArn: secretValue(parent, `${name}-tls`, secret, files) };
}

/** RSA: the TLS library of the MySQL client that DMS uses is known to take it. */
function privateKey(parent: pulumi.ComponentResource, name: string): tls.PrivateKey {
	return new tls.PrivateKey(`${name}-key`, { algorithm: "RSA", rsaBits: 3072 }, { parent });
}
