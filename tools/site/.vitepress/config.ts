// Not typed by VitePress, which only this folder installs.
import { withMermaid } from "vitepress-plugin-mermaid";
import { siteFile, sitePages } from "../pages.ts";

/** As much of markdown-it as is used. */
interface Token {
	type: string;
	children: Token[] | null;
	content: string;
	attrGet(name: string): string | null;
	attrSet(name: string, value: string): void;
}
interface MarkdownIt {
	core: { ruler: { push(name: string, rule: (state: { tokens: Token[] }) => void): void } };
}

export default withMermaid({
	title: "Analytics pipeline",
	description: "Your MySQL in an S3 lake, kept current, and a command that proves it.",
	srcDir: "content",
	outDir: "../../dist/site",
	cleanUrls: true,
	// None, instead of a request for /favicon.ico.
	head: [["link", { rel: "icon", href: "data:," }]],
	markdown: {
		config(md: MarkdownIt): void {
			md.core.ruler.push("site", ({ tokens }) => {
				for (const child of tokens.flatMap(({ children }) => children ?? [])) {
					if (child.type === "link_open") adaptLink(child);
					if (child.type === "code_inline") child.attrSet("v-pre", "");
					if (child.type === "text" && child.content.includes("{{")) keepBraces(child);
				}
			});
		},
	},
	themeConfig: {
		search: { provider: "local" },
		outline: [2, 3],
		sidebar: sitePages.map(({ text, pages }) => ({
			text,
			items: pages.map(([title, file]) => ({ text: title, link: `/${siteFile(file).replace(/(index)?\.md$/, "")}` })),
		})),
	},
});

/** A link to anything but a page leads nowhere here; VitePress itself fails for a page that is missing. */
function adaptLink(token: Token): void {
	const href = token.attrGet("href");
	if (href === null || /^([a-z]+:|#)/.test(href)) return;
	const [path = "", anchor] = href.split("#");
	token.attrSet("href", !path.endsWith(".md") ? "#" : siteFile(path) + (anchor === undefined ? "" : `#${anchor}`));
}

/** To Vue, two braces begin an expression. */
function keepBraces(token: Token): void {
	token.type = "html_inline";
	token.content = token.content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("{{", "&#123;&#123;");
}
