import { expect, it } from "vitest";
import { denyInsecureTransport } from "./policyDocument.ts";

it("a bucket refuses requests without TLS, and with a TLS before 1.2, each by itself", () => {
	expect(denyInsecureTransport("b").map(({ Effect, Resource, Condition }) => [Effect, Resource, Condition])).toEqual([
		["Deny", ["b", "b/*"], { Bool: { "aws:SecureTransport": "false" } }],
		["Deny", ["b", "b/*"], { NumericLessThan: { "s3:TlsVersion": "1.2" } }],
	]);
});
