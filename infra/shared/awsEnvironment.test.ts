import { describe, expect, it } from "vitest";
import { arn, managedPolicyArn } from "./awsEnvironment.ts";

const china = { partition: "aws-cn", dnsSuffix: "amazonaws.com.cn", region: "cn-north-1", accountId: "111122223333" };

describe("ARNs", () => {
	it("have the partition, region and account of their environment", () => {
		expect(arn(china, "glue", "catalog")).toBe("arn:aws-cn:glue:cn-north-1:111122223333:catalog");
		expect(managedPolicyArn(china, "service-role/X")).toBe("arn:aws-cn:iam::aws:policy/service-role/X");
	});
});
