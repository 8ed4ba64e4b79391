import { expect, it } from "vitest";
import { shellWord } from "./shellWord.ts";

it.each([
	["mysql://repl@db.example.com:3306", "mysql://repl@db.example.com:3306"],
	["mysql://a@db:1/?ssl-mode=DISABLED", "'mysql://a@db:1/?ssl-mode=DISABLED'"],
	["it's; rm", `'it'\\''s; rm'`],
	["", "''"],
])("%j is %j in a shell", (text, word) => {
	expect(shellWord(text)).toBe(word);
});
