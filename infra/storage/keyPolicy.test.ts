import { describe, expect, it } from "vitest";
import { keyPolicy } from "./keyPolicy.ts";

const china = { partition: "aws-cn", dnsSuffix: "amazonaws.com.cn", region: "cn-north-1", accountId: "111122223333" };
const statements = (document: string) => (JSON.parse(document) as { Statement: Record<string, unknown>[] }).Statement;

describe("the key's policy", () => {
	it("lets services act for this account only, and gives the rest to IAM", () => {
		const [account, logs, delivery, publishers, dms] = statements(keyPolicy(china));
		expect(account).toMatchObject({ Principal: { AWS: "arn:aws-cn:iam::111122223333:root" }, Action: "kms:*" });
		expect(logs).toMatchObject({
			Principal: { Service: "logs.cn-north-1.amazonaws.com.cn" },
			Condition: {
				ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws-cn:logs:cn-north-1:111122223333:log-group:*" },
			},
		});
		expect(delivery).toMatchObject({
			Principal: { Service: "delivery.logs.amazonaws.com" },
			Action: "kms:Decrypt*",
			Condition: { StringLike: { "kms:EncryptionContext:SourceArn": "arn:aws-cn:logs:cn-north-1:111122223333:*" } },
		});
		expect(publishers).toMatchObject({ Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } } });
		expect(dms).toMatchObject({
			Principal: { Service: ["dms.amazonaws.com", "events.amazonaws.com"] },
			Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
		});
	});
});
