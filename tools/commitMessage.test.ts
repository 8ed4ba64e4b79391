import { describe, expect, it } from "vitest";
import { problems } from "./commitMessage.mjs";

const body = "\n\nThe reason, in a sentence.\n";

describe("a commit message", () => {
	it.each([
		`docs: add a glossary${body}`,
		`infra/network: close the port${body}`,
		`docs: add a glossary${body}\n# Please enter the commit message for your changes.\n`,
		`docs: ${"x".repeat(94)}${body}`,
		"Merge branch 'main' into docs\n",
		"fixup! docs: add a glossary\n",
	])("is accepted: %j", (message) => {
		expect(problems(message)).toEqual([]);
	});

	it.each([
		[`Add a glossary${body}`, "`area: imperative`"],
		[`Docs: add a glossary${body}`, "`area: imperative`"],
		[`docs:add a glossary${body}`, "`area: imperative`"],
		[`docs: ${"x".repeat(95)}${body}`, "101 characters"],
		[`docs: add a glossary.${body}`, "full stop"],
		["docs: add a glossary\n", "in a body"],
		["docs: add a glossary\n\n# Please enter the commit message for your changes.\n", "in a body"],
		[`docs: add a glossary\nand more${body}`, "second line"],
		["docs: add a glossary\n# ------------------------ >8 ------------------------\ndiff --git\n\n+x\n", "in a body"],
		["", "`area: imperative`"],
	])("is refused: %j", (message, reason) => {
		expect(problems(message).join("\n")).toContain(reason);
	});
});
