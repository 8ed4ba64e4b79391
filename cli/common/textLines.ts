import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { createGunzip } from "node:zlib";
import { PipelineError } from "./errors.ts";

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
	} catch (error) {
		throw notGzip(path, error) ?? error;
	} finally {
		file.destroy();
	}
}

function notGzip(path: string, error: unknown): PipelineError | undefined {
	if (!(error instanceof Error) || !("code" in error) || !/^Z_/.test(String(error.code))) return undefined;
	const text = {
		what: `${basename(path)} has the name of a gzip file, but is not an intact one: ${error.message}.`,
		fix: "Find out what wrote it, then replace or remove it.",
	};
	return new PipelineError("failure", text, { cause: error });
}
