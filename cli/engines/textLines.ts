import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";

/** Lines of a text file that are not empty. */
export async function* textLines(path: string, gzip: boolean): AsyncGenerator<string> {
	const file = createReadStream(path);
	const input = gzip ? file.pipe(createGunzip()) : file;
	// A pipe does not hand errors on.
	if (gzip) file.once("error", (error) => input.destroy(error));
	try {
		for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
			if (line !== "") yield line;
		}
	} finally {
		file.destroy();
	}
}
