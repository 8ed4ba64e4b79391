import { randomBytes } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { messageOf, PipelineError } from "../../../../common/errors.ts";
import { namesIn, writeFileAtomic } from "../../../../common/fs.ts";
import { type JsonKind, readJsonFile } from "../../../../common/jsonFile.ts";

const request = z.object({
	/** `schema.table`; every table where it is empty. */
	reload: z.array(z.string()),
	/** Whether it is part of a purge: what was made of the tables is removed before. */
	purge: z.boolean().exactOptional(),
	/** Whether it asks for nothing but that what was read by now is published. */
	publish: z.literal(true).exactOptional(),
});

/** How a request is read. */
export const requestFile: JsonKind<z.infer<typeof request>> = {
	name: "A request to the replicator",
	schema: request,
	remedy: (path) => ({
		fix: `It was renamed to ${path}.damaged and ignored. Repeat the command that made the request.`,
	}),
};

const pollMs = 500;

/** What the replicator was asked for. */
export interface Requested {
	/** Whether every table is to be reloaded. */
	all: boolean;
	/** `schema.table` of those to be reloaded. */
	tables: string[];
	/** Of these, tables that are purged; `all` where every table is. */
	purged: readonly string[] | "all";
	/** Whether what was read by now is to be published. */
	publish: boolean;
	/** Requests that cannot be read and do not count, with the reason. */
	damaged: { path: string; why: string }[];
	/** Takes the requests off; until then they come again after a crash. */
	done(): Promise<void>;
}

/** Requests to the replicator: files that it finds while it runs, or at its next start. */
export class RequestBox {
	readonly #folder: string;
	#checkedAt = Number.NEGATIVE_INFINITY;

	constructor(folder: string) {
		this.#folder = folder;
	}

	/** Whether it is time to look again. */
	isDue(): boolean {
		if (performance.now() - this.#checkedAt < pollMs) return false;
		this.#checkedAt = performance.now();
		return true;
	}

	/** Reads what is asked for, and changes nothing: who only wants to know looks at the same files. */
	async take(): Promise<Requested> {
		const names = (await namesIn(this.#folder)).filter((name) => name.endsWith(".json"));
		const requests: (z.infer<typeof request> | undefined)[] = [];
		const damaged: Requested["damaged"] = [];
		for (const name of names) {
			const path = join(this.#folder, name);
			try {
				requests.push(await readJsonFile(path, requestFile));
			} catch (error) {
				if (!(error instanceof PipelineError)) throw error;
				damaged.push({ path, why: messageOf(error) });
			}
		}
		return {
			damaged,
			all: requests.some((asked) => asked?.reload.length === 0 && asked.publish === undefined),
			publish: requests.some((asked) => asked?.publish === true),
			tables: [...new Set(requests.flatMap((asked) => asked?.reload ?? []))],
			purged: requests.some((asked) => asked?.purge === true && asked.reload.length === 0)
				? "all"
				: requests.flatMap((asked) => (asked?.purge === true ? asked.reload : [])),
			done: async () => {
				for (const name of names) {
					const path = join(this.#folder, name);
					if (!damaged.some((one) => one.path === path)) await rm(path, { force: true });
				}
			},
		};
	}
}

/** Renames requests that cannot be read, so that they are reported once and can be looked into. */
export async function putAside(damaged: Requested["damaged"]): Promise<void> {
	for (const { path } of damaged) await rename(path, `${path}.damaged`);
}

/** @returns the request's file, which is gone when the request was carried out. */
export function writeRequest(folder: string, tables: readonly string[], purge = false): Promise<string> {
	return write(folder, { reload: [...tables], ...(purge ? { purge } : {}) });
}

/** Asks for what was read by now to be published, however young its batch is. @returns as `writeRequest`. */
export function requestPublication(folder: string): Promise<string> {
	return write(folder, { reload: [], publish: true });
}

async function write(folder: string, asked: z.infer<typeof request>): Promise<string> {
	await mkdir(folder, { recursive: true });
	const path = join(folder, `${Date.now()}-${randomBytes(4).toString("hex")}.json`);
	await writeFileAtomic(path, JSON.stringify(asked));
	return path;
}
