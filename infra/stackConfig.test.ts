import { describe, expect, it } from "vitest";
import { checkProviderSettings, checkStackName } from "./stackConfig.ts";

describe("a stack's name", () => {
	it.each(["dev", "eu-west-1a", "abcdefghijklm"])("%s is taken", (stack) => {
		expect(() => checkStackName(stack)).not.toThrow();
	});

	it.each(["Dev", "my_stack", "my.stack", "1st", "-a", "a-", "a--b", ""])("%j is refused", (stack) => {
		expect(() => checkStackName(stack)).toThrow(
			`The name of the stack is not valid:\n  stack: ${JSON.stringify(stack)} is not of lower case letters, digits and ` +
				"single dashes between them, a letter first. Rename it: pulumi stack rename dev",
		);
	});

	it("is refused where it makes names longer than AWS takes them", () => {
		expect(() => checkStackName("abcdefghijklmn")).toThrow('"abcdefghijklmn" is longer than 13 characters');
	});
});

describe("a provider's setting", () => {
	it("is refused where it would do nothing", () => {
		const taken = ["aws:region", "aws:profile", "aws:allowedAccountIds", "aws:forbiddenAccountIds"];
		expect(() => checkProviderSettings([...taken, "analytics-pipeline:schedule"])).not.toThrow();
		expect(() => checkProviderSettings([...taken, "aws:assumeRoles", "aws-native:region"])).toThrow(
			"  aws-native:region: is not one of aws:region, aws:profile, aws:allowedAccountIds, aws:forbiddenAccountIds, and " +
				"would do nothing. Remove it: pulumi config rm aws-native:region\n  aws:assumeRoles: is not one of",
		);
	});
});
