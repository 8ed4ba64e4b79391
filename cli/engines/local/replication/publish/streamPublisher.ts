import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { isLoadFile, lake, parquetExtension, streamNames } from "../../../../../etl/contract/contract.ts";
import { bug } from "../../../../common/errors.ts";
import { namesIn, removeBelow } from "../../../../common/fs.ts";
import { openDuckDb } from "../../../duckdb/open.ts";
import { DeliveryBuffer, type DeliveryFolders } from "../../eventStream/deliveryBuffer.ts";
import { deliverLeftovers } from "../../eventStream/leftovers.ts";
import type { Publication } from "../model/checkpoint.ts";
import { tableAt } from "../model/tableName.ts";
import type { Publish } from "./store.ts";
import { columnsOf, controlMessage, dataMessages, definitionOf } from "./streamMessages.ts";

/** Firehose's least size where it partitions by what the records say; the age is the replicator's batch interval. */
const limits = { bytes: 64 * 1024 * 1024, milliseconds: 60_000 };

/**
 * Publishes what the replicator staged as DMS does to Kinesis, and Firehose from there to the raw zone: as messages,
 * below `<schema>/<table>/YYYY/MM/DD/HH/`. A publication may be repeated after a crash: changes then come twice with
 * the same sequence, and a load starts over.
 */
export class StreamPublisher {
	readonly #folders: DeliveryFolders;
	/** The definition that was sent for each table since the start. */
	readonly #sent = new Map<string, string>();

	constructor(folders: DeliveryFolders) {
		this.#folders = folders;
	}

	/** The raw zone is the same as that of the folders. */
	readonly publish: Publish = async (publication, staging, _raw, time) => {
		// What this process left when it was killed comes before what it repeats.
		await deliverLeftovers(this.#folders);
		const files = new Map<string, Publication["files"]>();
		for (const folder of publication.clear) files.set(folder, []);
		for (const file of publication.files) {
			const folder = file.to.slice(0, file.to.lastIndexOf("/"));
			files.set(folder, [...(files.get(folder) ?? []), file]);
		}
		const { connection, close } = await openDuckDb(":memory:", { memory_limit: "128MB", threads: "1" });
		try {
			for (const [folder, staged] of files) {
				const cleared = publication.clear.includes(folder);
				await this.#publishTable(connection, folder, staged, { cleared, staging, time });
			}
		} finally {
			close();
		}
	};

	/** Removes all messages of tables, also those that were not delivered yet. @param folders below the raw zone. */
	async remove(folders: readonly string[]): Promise<void> {
		if (folders.length === 0) return;
		await deliverLeftovers(this.#folders);
		for (const folder of folders) {
			this.#sent.delete(folder);
			await removeBelow(this.#folders.raw, folder);
		}
	}

	async #publishTable(
		connection: DuckDBConnection,
		folder: string,
		files: Publication["files"],
		{ cleared, staging, time }: { cleared: boolean; staging: string; time: number },
	): Promise<void> {
		const now = growing(time);
		const table = tableAt(folder);
		const to = { stream: streamNames.changeDelivery, prefix: folder, errorPrefix: lake.clickstreamErrors, gzip: true };
		const buffer = await DeliveryBuffer.create(this.#folders, to, limits);
		if (cleared) {
			this.#sent.delete(folder);
			await add(buffer, [controlMessage(table, "drop-table", undefined, now())]);
		}
		let created = !cleared;
		for (const { from, to: target } of files) {
			const path = join(staging, from);
			const columns = await columnsOf(connection, path);
			const definition = definitionOf(columns);
			const text = JSON.stringify(definition);
			if (!created || this.#sent.get(folder) !== text) {
				await add(buffer, [controlMessage(table, created ? "change-columns" : "create-table", definition, now())]);
				this.#sent.set(folder, text);
				created = true;
			}
			const kind = isLoadFile(target) ? "load" : "change";
			for await (const messages of dataMessages(connection, path, columns, table, kind, now())) {
				await add(buffer, messages);
			}
		}
		await buffer.end();
		if (cleared) await this.#removeFiles(folder);
	}

	/** Files of the time when the target was the raw zone itself: the messages have taken their place. */
	async #removeFiles(folder: string): Promise<void> {
		for (const name of await namesIn(join(this.#folders.raw, folder))) {
			if (name.endsWith(parquetExtension)) await removeBelow(this.#folders.raw, `${folder}/${name}`);
		}
	}
}

/** Times of messages, each a microsecond after the one before it, so that readers know their order. ISO 8601. @param from milliseconds. */
function growing(from: number): () => string {
	let time = BigInt(from) * 1000n;
	return () => {
		const text = `${new Date(Number(time / 1000n)).toISOString().slice(0, 19)}.${String(time % 1_000_000n).padStart(6, "0")}Z`;
		time += 1n;
		return text;
	};
}

/** The delivery quarantines what is not JSON, where no job looks: a row would be lost silently. */
async function add(buffer: DeliveryBuffer, messages: readonly string[]): Promise<void> {
	const { malformed } = await buffer.add(messages);
	if (malformed > 0) throw bug(`${malformed} messages are not JSON`);
}
