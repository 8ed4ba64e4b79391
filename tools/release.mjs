// Checks that a tag, package.json and CHANGELOG.md name one version, and prints what the changelog says of it.
//   node tools/release.mjs v1.2.3
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * @param {string} tag
 * @param {string} version of package.json
 * @param {string} changelog
 * @returns {string} the notes of the release
 * @throws {Error} where they differ
 */
export function releaseNotes(tag, version, changelog) {
	if (tag !== `v${version}`) throw new Error(`The tag is ${tag}, and package.json has the version ${version}.`);
	const sections = changelog.split(/^(?=## \[)/m);
	const section = sections.find((text) => text.startsWith(`## [${version}]`));
	if (section === undefined) throw new Error(`CHANGELOG.md has no section [${version}].`);
	const notes = section.split("\n").slice(1).join("\n").trim();
	if (notes === "") throw new Error(`CHANGELOG.md says nothing of ${version}.`);
	return `${notes}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const root = join(dirname(fileURLToPath(import.meta.url)), "..");
	const read = (name) => readFileSync(join(root, name), "utf8");
	try {
		process.stdout.write(
			releaseNotes(process.argv[2] ?? "", JSON.parse(read("package.json")).version, read("CHANGELOG.md")),
		);
	} catch (error) {
		process.stderr.write(`${error.message}\n`);
		process.exitCode = 1;
	}
}
