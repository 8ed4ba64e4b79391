import { describe, expect, it } from "vitest";
import { testEnvironment } from "../testing/mockedCloud.ts";
import { trustPolicy, unguardedServices } from "./trustPolicy.ts";

const china = { partition: "aws-cn", dnsSuffix: "amazonaws.com.cn", region: "cn-north-1", accountId: "111122223333" };
const statements = (document: string) => (JSON.parse(document) as { Statement: Record<string, unknown>[] }).Statement;

describe("who may assume a role", () => {
	it("is one service for this account", () => {
		expect(statements(trustPolicy("dms", china))).toEqual([
			{
				Sid: "AssumedByService",
				Effect: "Allow",
				Principal: { Service: "dms.amazonaws.com" },
				Action: "sts:AssumeRole",
				Condition: {
					StringEquals: { "aws:SourceAccount": "111122223333" },
					ArnLike: { "aws:SourceArn": "arn:aws-cn:dms:cn-north-1:111122223333:*" },
				},
			},
		]);
		expect(statements(trustPolicy("firehose", china))[0]?.Condition).toEqual({
			StringEquals: { "sts:ExternalId": "111122223333" },
		});
	});

	it("is the regional principal, where DMS reads a secret", () => {
		const [statement] = statements(trustPolicy("dms-secrets", testEnvironment));
		expect(statement?.Principal).toEqual({ Service: "dms.eu-central-1.amazonaws.test" });
		// No page says that it names an ARN: asked for one, it could get no secret.
		expect(statement?.Condition).toEqual({ StringEquals: { "aws:SourceAccount": testEnvironment.accountId } });
	});

	it("is guarded for every service but those that AWS documents no condition for", () => {
		expect(unguardedServices).toEqual(["ec2", "quicksight"]);
	});
});
