import { type Cascade, readCascades } from "../../../mysql/cascades.ts";
import { BinlogStream } from "../binlog/binlogStream.ts";
import type { IsWanted } from "../binlog/tableReaders.ts";
import type { Statement } from "../ddl/statement.ts";
import { loadTables } from "../load/loadTables.ts";
import type { Checkpoint } from "../model/checkpoint.ts";
import type { Position } from "../model/position.ts";
import { asWritten, type StoredName } from "../model/storedName.ts";
import type { TableName } from "../model/tableName.ts";
import { requireBinlog, requireHistory, Server } from "../mysql/server.ts";
import { StandstillWatch } from "../mysql/standstillWatch.ts";
import { listTables, refusedTables } from "../mysql/tableSchema.ts";
import { readDefinition } from "./readDefinition.ts";
import type { ReaderParts } from "./readerParts.ts";
import { statementsBetween } from "./statementsBetween.ts";

/** What the source is asked for after a statement. */
export interface Definitions {
	readDefinition: typeof readDefinition;
	loadTables: typeof loadTables;
	/** Statements that a snapshot has behind it, and the stream has not given yet. */
	statements(from: Position, to: Position): Promise<Statement[]>;
	/** Why tables may not be read whole, by `schema.table`; nothing of the others. */
	refused(tables: readonly TableName[]): Promise<Map<string, Error>>;
}

/** What following the changes asks of the source. */
export interface ChangeSource extends Definitions {
	/**
	 * @returns how it compares names, and where its binlog ends.
	 * @throws PipelineError where its binlog is not as it must be, or not the one of the checkpoint.
	 */
	check(checkpoint: Checkpoint): Promise<{ foldsCase: boolean; stored: StoredName; end: Position }>;
	stream(from: Position, isWanted: IsWanted): Pick<BinlogStream, "take" | "close">;
	watch(): Pick<StandstillWatch, "check" | "close">;
	/** Undefined where the source logs what foreign keys do. */
	cascades(): Promise<Cascade[] | undefined>;
	tables(schema: string): Promise<TableName[]>;
}

/** The source itself. */
export function connectedSource({
	access,
	serverId,
	stop,
}: Pick<ReaderParts, "access" | "serverId" | "stop">): ChangeSource {
	const ask = async <T>(question: (server: Server) => Promise<T>): Promise<T> => {
		const server = await Server.connect(access);
		try {
			return await question(server);
		} finally {
			await server.close();
		}
	};
	let stored = asWritten;
	return {
		readDefinition,
		loadTables,
		statements: (from, to) => statementsBetween(access, serverId + 1, stored, from, to, stop),
		refused: (tables) => ask((server) => refusedTables(server, tables)),
		check: (checkpoint) =>
			ask(async (server) => {
				await requireBinlog(server, access.schemas);
				const end = await requireHistory(server, checkpoint);
				stored = await server.storedName();
				return { foldsCase: server.foldsCase, stored, end };
			}),
		stream: (from, isWanted) => new BinlogStream(access, serverId, isWanted, from),
		watch: () => new StandstillWatch(access),
		cascades: () => ask((server) => readCascades((sql, values) => server.rows(sql, values), access.schemas)),
		tables: (schema) => ask((server) => listTables(server, [schema])),
	};
}
