import { describe, expect, it } from "vitest";
import { checkNames, checkProviderSettings } from "./stackConfig.ts";

const project = "analytics-pipeline";

describe("a stack's name", () => {
	it.each(["dev", "eu-west-1a", "abcdefghijklm"])("%s is taken", (stack) => {
		expect(() => checkNames(project, stack)).not.toThrow();
	});

	it.each(["Dev", "my_stack", "my.stack", "1st", "-a", "a-", "a--b", ""])("%j is refused", (stack) => {
		expect(() => checkNames(project, stack)).toThrow(
			`The names of project and stack are not valid:\n  stack: ${JSON.stringify(stack)} must contain only lower case letters, ` +
				"digits and single dashes between them, starting with a letter. Rename it: pulumi stack rename dev",
		);
	});

	it("is refused where it makes names longer than AWS takes them", () => {
		expect(() => checkNames(project, "abcdefghijklmn")).toThrow('stack: "abcdefghijklmn" is longer than 13 characters');
		expect(() => checkNames("sales", "abcdefghijklmn")).not.toThrow();
	});
});

describe("a project's name", () => {
	it.each(["Sales", "my_project", "a.b"])("%j is refused", (name) => {
		expect(() => checkNames(name, "dev")).toThrow(
			`  project: ${JSON.stringify(name)} must contain only lower case letters, digits and single dashes between them, ` +
				"starting with a letter. Change name in Pulumi.yaml. If the project already has stacks: pulumi stack rename OWNER/NAME/dev",
		);
	});

	it("leaves the stack three characters", () => {
		expect(() => checkNames("a".repeat(28), "dev")).not.toThrow();
		expect(() => checkNames("a".repeat(29), "dev")).toThrow("is longer than 28 characters");
	});
});

describe("a provider's setting", () => {
	it("is refused where it would do nothing", () => {
		const taken = ["aws:region", "aws:profile", "aws:allowedAccountIds", "aws:forbiddenAccountIds"];
		expect(() => checkProviderSettings([...taken, `${project}:schedule`])).not.toThrow();
		expect(() => checkProviderSettings([...taken, "aws:assumeRoles", "aws-native:region"])).toThrow(
			"  aws-native:region: is not one of aws:region, aws:profile, aws:allowedAccountIds, aws:forbiddenAccountIds, and " +
				"would have no effect. Remove it: pulumi config rm aws-native:region\n  aws:assumeRoles: is not one of",
		);
	});
});
