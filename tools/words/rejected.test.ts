import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readRejected, rejectedPhrases } from "./rejected.ts";

const { phrases } = readRejected();
const checked = /\.(?:ts|mjs|py|md|yaml|yml|css|toml|sql)$/;
/** The list itself; the sample shop and its data; decisions, which stay as they were written. */
const quoting =
	/^tools\/words\/|\/source\/seed\/|^docs\/decisions\/|^docs\/glossary\.md$|^pipelines\/shop\/|\/golden\//;

test("no text of the project uses a rejected phrase", () => {
	const files = execFileSync("git", ["ls-files"], { encoding: "utf8" }).split("\n");
	const findings = files
		.filter((file) => checked.test(file) && !quoting.test(file))
		.flatMap((file) =>
			rejectedPhrases(readFileSync(file, "utf8"), phrases).map(
				({ line, found, say }) => `${file}:${line}: "${found}" (say: ${say})`,
			),
		);
	expect(findings).toEqual([]);
});

test("finds a phrase over the end of a line, and in any case", () => {
	const text = "/**\n * Is\n * no table. There is no table.\n */\n// what LIES here\n";
	expect(rejectedPhrases(text, phrases)).toEqual([
		{ line: 2, found: "Is\n * no", say: "is not a valid X, must be one of" },
		{ line: 5, found: "what LIES", say: "what is in" },
	]);
});
