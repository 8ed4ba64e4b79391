import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ObjectStore, StoredObject } from "../port.ts";
import { awsError } from "./client/awsError.ts";
import type { Clients } from "./client/clients.ts";
import { removeObjects } from "./client/removeObjects.ts";

/** A zone of the lake: one bucket. */
export class S3ObjectStore implements ObjectStore {
	readonly uri: string;
	readonly #clients: Clients;
	readonly #bucket: string;
	readonly #fetched = new Map<string, string>();
	#folder: string | undefined;

	constructor(clients: Clients, bucket: string) {
		this.#clients = clients;
		this.#bucket = bucket;
		this.uri = `s3://${bucket}/`;
	}

	async *list(prefix: string, after?: string): AsyncIterable<StoredObject> {
		const { paginateListObjectsV2 } = await import("@aws-sdk/client-s3");
		const client = await this.#clients.s3();
		const input = { Bucket: this.#bucket, Prefix: prefix, StartAfter: after };
		for await (const page of paginateListObjectsV2({ client }, input)) {
			for (const { Key: key, Size: size = 0, LastModified: modified = new Date(0) } of page.Contents ?? []) {
				if (key !== undefined) yield { key, size, modified };
			}
		}
	}

	/** Downloads to a temporary folder, which is deleted with the process. */
	async fetch(key: string): Promise<string> {
		const known = this.#fetched.get(key);
		if (known !== undefined) return known;
		const { GetObjectCommand } = await import("@aws-sdk/client-s3");
		const { Body: body } = await (await this.#clients.s3()).send(
			new GetObjectCommand({ Bucket: this.#bucket, Key: key }),
		);
		const path = join(this.#temporaryFolder(), `${this.#fetched.size}-${basename(key)}`);
		const { signal, region } = this.#clients.settings;
		try {
			await pipeline(body as Readable, createWriteStream(path), { signal });
		} catch (error) {
			signal.throwIfAborted();
			throw awsError(error, { service: "s3", action: "GetObject", region });
		}
		this.#fetched.set(key, path);
		return path;
	}

	remove(prefix: string): Promise<void> {
		return removeObjects(this.#clients, this.#bucket, prefix);
	}

	#temporaryFolder(): string {
		if (this.#folder === undefined) {
			const folder = mkdtempSync(join(tmpdir(), "pipeline-cli-"));
			process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
			this.#folder = folder;
		}
		return this.#folder;
	}
}
