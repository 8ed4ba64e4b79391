import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** What a page refers to and is not there, a line each. */
export function brokenReferences(root: string, page: string): string[] {
	const text = readFileSync(join(root, page), "utf8");
	const found = [...missingPaths(root, page, text), ...missingTree(root, text), ...missingLinks(root, page, text)];
	return found.map((what) => `${page}: ${what}`);
}

const sourceFile = /\w\.(ts|mjs|py|sql|ipynb|sh)$/;
const path = /^\.?[\w@-][\w.@-]*(\/[\w.@=-]+)*\/?$/;

/**
 * Paths in backticks. Those that begin at the root of the repository must be there; in a section that says "below `x/`", so
 * must the others, below `x/`, the root or the page's own folder. Folders of the lake and of `.pipeline` are not in the
 * repository; what a generated block names is its generator's business.
 */
function missingPaths(root: string, page: string, text: string): string[] {
	const missing: string[] = [];
	const byHand = text.replace(/^<!-- (\w+):begin -->[\s\S]*?^<!-- \1:end -->/gm, "");
	for (const section of withoutFences(byHand).split(/^(?=#)/m)) {
		const bases = ["", dirname(page), ...[...section.matchAll(/below `([\w./-]+\/)`/g)].map(([, base = ""]) => base)];
		for (const [, name = ""] of section.matchAll(/`([^`\n]+)`/g)) {
			if (!path.test(name) || name.startsWith(".pipeline")) continue;
			const [first = ""] = name.split("/");
			const fromRoot = name.includes("/") && existsSync(join(root, first));
			const isExpected = fromRoot || sourceFile.test(name) || (bases.length > 2 && name.includes("/"));
			if (isExpected && !bases.some((base) => existsSync(join(root, base, name)))) missing.push(`\`${name}\``);
		}
	}
	return missing;
}

/** Folders of a tree in a code block: each line begins with a name and a slash, two blanks deeper than its parent. */
function missingTree(root: string, text: string): string[] {
	const missing: string[] = [];
	for (const [, block = ""] of text.matchAll(/^```tree\n([\s\S]*?)^```/gm)) {
		const parents: string[] = [];
		for (const line of block.split("\n")) {
			const [, indent = "", name] = /^((?: {2})*)([\w.-]+(?:\/|\.ts))(?= {2}| [\w]+$|$)/.exec(line) ?? [];
			if (name === undefined || indent.length / 2 > parents.length) continue;
			parents.splice(indent.length / 2, parents.length, name);
			if (!existsSync(join(root, ...parents))) missing.push(`${parents.join("")} in the tree`);
		}
	}
	return missing;
}

/** Links to other pages, and to headings in them. */
function missingLinks(root: string, page: string, text: string): string[] {
	const missing: string[] = [];
	for (const [, link = ""] of withoutFences(text).matchAll(/\]\(([^)\s]+)\)/g)) {
		if (/^[a-z]+:/.test(link)) continue;
		const [file = "", anchor] = link.split("#");
		const target = file === "" ? page : normalize(join(dirname(page), file));
		if (!existsSync(join(root, target))) missing.push(`link to ${link}`);
		else if (anchor !== undefined && !anchors(readFileSync(join(root, target), "utf8")).includes(anchor)) {
			missing.push(`link to ${link}: no such heading`);
		}
	}
	return missing;
}

/** Anchors of a page's headings, as GitHub makes them. */
function anchors(text: string): string[] {
	return [...withoutFences(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
		heading
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\s_-]/gu, "")
			.trim()
			.replaceAll(" ", "-"),
	);
}

function withoutFences(text: string): string {
	return text.replace(/^```[\s\S]*?^```/gm, "");
}
