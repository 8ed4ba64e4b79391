/** Conditions of a policy statement: operator, then key, then value. */
export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** A statement of an IAM policy document. Resource policies and trust policies name a principal. */
export interface Statement {
	Sid: string;
	Effect: "Allow" | "Deny";
	Principal?: "*" | { Service: string | readonly string[] } | { AWS: string };
	Action: string | readonly string[];
	Resource?: string | readonly string[];
	Condition?: Condition;
}

/** Policy document as JSON, with stable key order, so that it never shows a difference that is none. */
export function policyDocument(statements: readonly Statement[]): string {
	return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** Statement of an identity policy. */
export function allow(
	sid: string,
	actions: readonly string[],
	resources: readonly string[],
	condition?: Condition,
): Statement {
	return {
		Sid: sid,
		Effect: "Allow",
		Action: actions,
		Resource: resources,
		...(condition ? { Condition: condition } : {}),
	};
}

/**
 * Refuses requests without TLS, or with a TLS version before 1.2. Both conditions are apart: keys within one condition
 * block have all to match.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
 */
export function denyInsecureTransport(bucketArn: string): Statement[] {
	const refused = {
		Effect: "Deny",
		Principal: "*",
		Action: "s3:*",
		Resource: [bucketArn, `${bucketArn}/*`],
	} as const;
	return [
		{ Sid: "DenyWithoutTls", ...refused, Condition: { Bool: { "aws:SecureTransport": "false" } } },
		{ Sid: "DenyOldTls", ...refused, Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
	];
}
