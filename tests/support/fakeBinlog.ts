import { BinlogStream } from "../../cli/engines/local/replication/binlog/binlogStream.ts";
import type { IsWanted } from "../../cli/engines/local/replication/binlog/tableReaders.ts";
import { BinlogReader } from "../../cli/engines/local/replication/follow/binlogReader.ts";
import type { ReaderParts } from "../../cli/engines/local/replication/follow/readerParts.ts";
import type { TakeSchema } from "../../cli/engines/local/replication/load/tableLoader.ts";
import type { Checkpoint, ColumnDefinition } from "../../cli/engines/local/replication/model/checkpoint.ts";
import { RotatingLog } from "../../cli/engines/local/replication/model/log.ts";
import { formatPosition, type Position } from "../../cli/engines/local/replication/model/position.ts";
import { initialSequence } from "../../cli/engines/local/replication/model/sequence.ts";
import { asWritten } from "../../cli/engines/local/replication/model/storedName.ts";
import { type TableName, tableId } from "../../cli/engines/local/replication/model/tableName.ts";
import { newTable, TaskState } from "../../cli/engines/local/replication/model/taskState.ts";
import { ChangeStage } from "../../cli/engines/local/replication/parquet/changeStage.ts";
import type { Layout } from "../../cli/engines/local/replication/parquet/layout.ts";
import { type StageTable, stageLimits } from "../../cli/engines/local/replication/parquet/stage.ts";
import { KnownCharsets } from "./binlogEvents.ts";
import { rulesOf } from "./fakeReader.ts";

const plain = { nullable: true, defaultsToNull: true, charset: null, generated: "" };
const columns: ColumnDefinition[] = [
	{ name: "a", type: "int(10) unsigned", ...plain },
	{ name: "b", type: "varchar(10)", ...plain },
	{ name: "j", type: "json", ...plain },
];
const server = { flavour: "mariadb" as const, id: "1" };
const access = { ...{ host: "h", port: 1, user: "u", password: "", schemas: ["shop"] }, tls: "DISABLED" as const };

/** What became of a binlog that was followed to its end, or to what ended it. */
export interface Followed {
	/** Undefined where all events were read. */
	error: unknown;
	/** As it was saved last. */
	saved: Checkpoint;
	state: TaskState;
	/** Rows that were taken in, by table. */
	rows: Map<string, number>;
	/** Tables that were loaded again. */
	reloaded: Set<string>;
}

/** All events were taken, and the last transaction may be open. */
class End extends Error {}

/** Follows events by the real reader, with a source that has them, and the tables `t` and `u`. */
export async function followed(
	events: readonly Buffer[],
	from: Position,
	skipped: readonly number[] = [],
): Promise<Followed> {
	const names = ["t", "u"].map((table) => ({ schema: "shop", table }));
	const state = new TaskState({
		...{ version: 1, server, position: { ...from, gtid: "", fileCreated: 0 }, sequence: initialSequence, loadedAt: "" },
		...{ tables: names.map((name) => ({ ...newTable(name, "Table completed"), columns, key: ["a"] })), prepared: {} },
	});
	const stop = new AbortController();
	const result: Followed = {
		...{ error: undefined, saved: state.toCheckpoint(), state },
		...{ rows: new Map<string, number>(), reloaded: new Set<string>() },
	};
	const parts = {
		...{ access, serverId: 1, staging: "/nowhere", rules: rulesOf("source: { schemas: { shop: {} } }") },
		engine: { stage: async (layout: Layout) => new CountingStage(layout, nowhere) },
		store: {
			commit: async (now: TaskState) => {
				result.saved = now.toCheckpoint();
			},
		},
		...{ log: new RotatingLog("/dev/null"), limits: { intervalMs: 60_000, bytes: 1e9 }, stop: stop.signal },
		...{
			onProgress: () => undefined,
			onStep: () => undefined,
			onCascading: () => undefined,
			onFollowing: () => undefined,
		},
	} as unknown as ReaderParts;
	const load = (wanted: readonly TableName[], take: TakeSchema, position: Position) => {
		for (const name of wanted) result.reloaded.add(tableId(name));
		const loaded = wanted.map((name) => ({
			...{ name, rows: 1, files: [], tableSchema: take(name, { columns, key: ["a"] }) },
		}));
		return { position, gtid: "", server, loaded, missing: [], failed: [], moved: [] };
	};
	const reader = new BinlogReader(state, parts, new Set(skipped.map((offset) => formatPosition({ ...from, offset }))), {
		check: async () => ({ foldsCase: false, stored: asWritten, end: from }),
		refused: async () => new Map(),
		stream: (start, isWanted) => endless(events, start, isWanted, stop),
		watch: () => ({ check: async () => undefined, close: async () => undefined }),
		cascades: async () => undefined,
		tables: async () => names,
		readDefinition: async () => ({ tableSchema: { columns, key: ["a"] }, at: state.position }),
		loadTables: async (_, wanted, __, ___, takeAt, ____, _____, ______, _______, read = from) =>
			load(wanted, await takeAt(read), read),
		statements: async () => [],
	});
	const append = reader.batch.append.bind(reader.batch);
	reader.batch.append = (event, ...rest) => {
		const rows = append(event, ...rest);
		const id = tableId(event.table);
		result.rows.set(id, (result.rows.get(id) ?? 0) + rows);
		return rows;
	};
	try {
		await reader.run(async () => undefined);
	} catch (error) {
		if (!(error instanceof End)) result.error = error;
	}
	return result;
}

function endless(
	events: readonly Buffer[],
	from: Position,
	isWanted: IsWanted,
	stop: AbortController,
): Pick<BinlogStream, "take" | "close"> {
	const connect = () => ({
		start: async (receive: (event: Buffer) => void) => events.forEach(receive),
		...{ pause: () => undefined, resume: () => undefined, close: async () => undefined },
	});
	const stream = new BinlogStream(access, 1, isWanted, from, connect, new KnownCharsets());
	return {
		take: async () => {
			const taken = await stream.take(1);
			if (taken.length > 0) return taken;
			if (stop.signal.aborted) throw new End();
			stop.abort();
			return [];
		},
		close: () => stream.close(),
	};
}

/** Without a database behind it: rows get as far as the vectors. */
const nowhere = {
	...{ name: "", limits: stageLimits, makeRoom: async () => async () => undefined, release: () => undefined },
	connection: { run: async () => undefined },
	appender: { appendDataChunk: () => undefined, closeSync: () => undefined },
} as unknown as StageTable;

class CountingStage extends ChangeStage {
	override async write(): Promise<void> {}
}
