import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";

/**
 * Lines of a text file that are not empty. Not by `readline`, for which a line ends at U+2028, too: that may stand in a
 * JSON text as it is.
 */
export async function* textLines(path: string, gzip: boolean): AsyncGenerator<string> {
	const file = createReadStream(path);
	const input = gzip ? file.pipe(createGunzip()) : file;
	// A pipe does not hand errors on.
	if (gzip) file.once("error", (error) => input.destroy(error));
	let rest = "";
	try {
		for await (const chunk of input.setEncoding("utf8")) {
			const lines = `${rest}${chunk}`.split(/\r?\n/);
			rest = lines.pop() ?? "";
			for (const line of lines) if (line !== "") yield line;
		}
		if (rest !== "") yield rest;
	} finally {
		file.destroy();
	}
}
