import type { ObjectStore, ReplicationStatus, RunSummary, SourceStatus, Stack } from "../engines/port.ts";

export interface ZoneStatus {
	files: number;
	bytes: number;
	/** ISO 8601, of the newest file. */
	newest?: string;
	/** There are more files than were counted. */
	more?: true;
}

/** Files of a zone that are counted: on S3 a thousand is a call. */
const countable = 20_000;

export interface PipelineStatus {
	stack: string;
	source: SourceStatus;
	replication: ReplicationStatus;
	raw: ZoneStatus;
	processed: ZoneStatus;
	catalog: { database: string; tables: number };
	lastRun?: RunSummary;
}

/** Looks at every part; nothing is started. */
export async function pipelineStatus(stack: Stack): Promise<PipelineStatus> {
	const [source, replication, raw, processed, catalog, lastRun] = await Promise.all([
		stack.source().then((port) => port.status()),
		stack.replication().then((port) => port.status()),
		stack.raw().then(zoneStatus),
		stack.processed().then(zoneStatus),
		stack.crawlers().then((port) => port.registered()),
		stack.jobs().then((port) => port.lastRun()),
	]);
	return {
		stack: stack.name,
		source,
		replication,
		raw,
		processed,
		catalog: { database: catalog.database, tables: catalog.tables.length },
		...(lastRun === undefined ? {} : { lastRun }),
	};
}

async function zoneStatus(store: ObjectStore): Promise<ZoneStatus> {
	let files = 0;
	let bytes = 0;
	let newest: Date | undefined;
	for await (const object of store.list("")) {
		if (files === countable) return { files, bytes, more: true };
		files += 1;
		bytes += object.size;
		if (newest === undefined || object.modified > newest) newest = object.modified;
	}
	return { files, bytes, ...(newest === undefined ? {} : { newest: newest.toISOString() }) };
}
