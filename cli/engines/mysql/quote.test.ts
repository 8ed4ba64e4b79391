import { expect, it } from "vitest";
import { qualifiedName, quoteName, quoteText } from "./quote.ts";

it("quotes names with backticks in them", () => {
	expect(quoteName("a`b")).toBe("`a``b`");
	expect(qualifiedName({ schema: "wordpress-db", table: "a`; DROP TABLE x" })).toBe(
		"`wordpress-db`.`a``; DROP TABLE x`",
	);
});

it.each([
	["plain", "'plain'"],
	["it's", "'it''s'"],
	["ends with \\", "'ends with \\\\'"],
	["\\' OR 1=1 -- ", "'\\\\'' OR 1=1 -- '"],
])("quotes the text %j", (text, quoted) => {
	expect(quoteText(text)).toBe(quoted);
});
