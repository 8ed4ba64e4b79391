/** Words that YAML 1.1 or 1.2 reads as something else than text. */
const special = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** A text as a scalar of YAML, plain where that is read as text by every version of YAML, else in double quotes. */
export function yamlText(text: string): string {
	return /^[A-Za-z_][\w.-]*$/.test(text) && !special.test(text) ? text : quoted(text);
}

/** JSON is YAML, except for what YAML does not print: control characters beyond ASCII, line separators, the byte order mark. */
function quoted(text: string): string {
	return escaped(JSON.stringify(text));
}

/** A list in one line. */
export function yamlList(texts: readonly string[]): string {
	return `[${texts.map(yamlText).join(", ")}]`;
}

/** A mapping in one line. */
export function yamlMapping(entries: readonly (readonly [string, string])[]): string {
	return `{ ${entries.map(([name, value]) => `${yamlText(name)}: ${yamlText(value)}`).join(", ")} }`;
}

/** A name within a comment, of YAML or SQL: as it is, in one line whatever it holds. */
export function inComment(text: string): string {
	const isPrintable = !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text);
	return isPrintable && text === text.trim() ? text : quoted(text);
}

function escaped(json: string): string {
	return json.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffe\uffff]/gu, (character) => {
		const code = (character.codePointAt(0) ?? 0).toString(16);
		return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
	});
}
