// The reject list of tools/words/rejected.yaml, held by cspell: it reports flagged words only and judges no spelling.
import { readFileSync } from "node:fs";
import { parse } from "yaml";

const { words } = parse(readFileSync(new URL("tools/words/rejected.yaml", import.meta.url), "utf8"));

export default {
	version: "0.2",
	unknownWords: "report-flagged",
	useGitignore: true,
	globRoot: ".",
	files: ["**/*.{ts,mjs,py,md,yaml,yml,css,toml}", ".github/**"],
	ignorePaths: [
		"package-lock.json",
		"tools/words/**",
		"docs/glossary.md",
		"CHANGELOG.md",
		"**/*.lock",
		"{cli,etl,infra,tests,tools}/**/fixtures/**",
		"pipelines/shop/**",
		"pipelines/shop/seed/**",
		"**/*.sql",
		"docs/decisions/**",
	],
	flagWords: Object.entries(words).flatMap(([names, instead]) =>
		names.split(", ").map((word) => `${word}:${instead.split(/[,;]/)[0]}`),
	),
};
