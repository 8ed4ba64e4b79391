import { createHash } from "node:crypto";
import { z } from "zod";
import { readIfThere, writeFileAtomic } from "../../../../common/fs.ts";
import { damagedJson, type JsonKind, parseJson } from "../../../../common/jsonFile.ts";

const position = z.object({ file: z.string().min(1), offset: z.number().int().nonnegative() });

const column = z.object({
	name: z.string(),
	/** As in INFORMATION_SCHEMA.COLUMNS.COLUMN_TYPE. */
	type: z.string(),
	nullable: z.boolean(),
	/** Whether a row that has no value for it gets null: no default, not generated. */
	defaultsToNull: z.boolean(),
	charset: z.string().nullable(),
	/** Expression of a generated column, or empty. */
	generated: z.string(),
	/** Expression of its default, where that is not a value. */
	defaultsTo: z.string().exactOptional(),
	/** What is done with its values before anything is written; kept where it is absent. */
	action: z.enum(["drop", "hash"]).exactOptional(),
	/** Why it is withheld although the definition does not say so: it came later, was renamed from a withheld one, or is computed from one. */
	withheld: z.enum(["new", "renamed", "generated"]).exactOptional(),
	/** Whether the definition says keep of another column, which had this name before: that does not count for this one. */
	outdated: z.boolean().exactOptional(),
});

const tableName = z.object({ schema: z.string(), table: z.string() });

/** What outlives a change of a table's columns or name. */
const lasting = {
	/** Columns that the definition withholds and that the table had once. */
	gone: z.array(z.string()).exactOptional(),
	/** Columns that were kept and left: files from before may have their values. */
	left: z.array(z.object({ name: z.string(), dropped: z.boolean() })).exactOptional(),
	/** The name that the table had, whose rules hold until the definition says something of its columns under the new one. */
	origin: tableName.exactOptional(),
	/** Names that the table had before: the processed zone may have its rows under them. */
	formerly: z.array(tableName).exactOptional(),
};

const table = z.object({
	schema: z.string(),
	table: z.string(),
	state: z.enum(["Before load", "Full load", "Table completed", "Table error", "Table is being reloaded"]),
	error: z.string().optional(),
	/** Whether its columns are unknown, or which of them may be read: until it is loaded, its changes do not count. */
	unsure: z.boolean().exactOptional(),
	/** Definition at the source, as last read. */
	columns: z.array(column),
	/** Names of the primary key's columns, in order. */
	key: z.array(z.string()),
	...lasting,
	/** Changes before this position are in the table's full load already. */
	loadedAt: position.optional(),
	/** The definition holds every ALTER before this position. */
	definedAt: position.optional(),
	fullLoadRows: z.number().int(),
	inserts: z.number().int(),
	updates: z.number().int(),
	deletes: z.number().int(),
	ddls: z.number().int(),
	updatedAt: z.string(),
});

const history = tableName.extend({
	columns: z.array(column.pick({ name: true, action: true, withheld: true, outdated: true })),
	...lasting,
	/** Whether the table may have more columns than these. */
	partial: z.boolean().exactOptional(),
});

/** A table that is not there any more; the processed zone has what was made of it. */
const former = tableName.extend({
	/** Columns that were kept. */
	columns: z.array(z.string()),
	origin: tableName.exactOptional(),
});

const body = z.object({
	version: z.literal(1),
	server: z.object({
		flavour: z.enum(["mariadb", "mysql"]),
		/** MySQL: server_uuid. MariaDB, which has none: server_id. */
		id: z.string(),
	}),
	position: position.extend({
		/** MariaDB: last GTID of each domain up to here, `0-1-100,1-1-5`. Empty on MySQL. */
		gtid: z.string(),
		/** When the binlog file was created, milliseconds since 1970; 0 while unknown. */
		fileCreated: z.number().int(),
	}),
	sequence: z.object({
		commitDigits: z.string().regex(/^\d{16}$/),
		counter: z.number().int(),
		fileTime: z.number().int(),
	}),
	tables: z.array(table),
	/** Patterns by which the tables were chosen. */
	chosen: z
		.array(z.object({ schema: z.string(), include: z.array(z.string()), exclude: z.array(z.string()) }))
		.exactOptional(),
	/** Fingerprint of the definition's rules that they were last compared with. */
	rules: z.string().exactOptional(),
	/** Whether the source compares names of tables without case. */
	foldsCase: z.boolean().exactOptional(),
	/** Tables that came later and that the definition leaves out for that, `schema.table`. */
	ignored: z.array(z.string()).exactOptional(),
	/**
	 * What is withheld of tables by the names at `position`, where a table's own columns do not say so: it was renamed and not loaded
	 * since, or its columns were read ahead.
	 */
	histories: z.array(history).exactOptional(),
	former: z.array(former).exactOptional(),
	/** Tables touched by XA transactions that are prepared and not yet committed, by XA identifier. */
	prepared: z.record(z.string(), z.array(z.string())),
	/** When the full load of all tables ended, ISO 8601. */
	loadedAt: z.string(),
	/** From commit at the source to the raw file of the newest change, seconds. */
	latencySeconds: z.number().optional(),
	/** What the raw zone must get before anything else: the intent, repeated until it is done. */
	publication: z
		.object({
			/** Folders below the raw zone from which everything goes, except files of this publication. */
			clear: z.array(z.string()),
			/** From staging, to below the raw zone. */
			files: z.array(z.object({ from: z.string(), to: z.string() })),
		})
		.optional(),
});

/** Where the replication stands; written as a whole, and the only thing that a restart goes by. */
export type Checkpoint = z.infer<typeof body>;
export type TableCheckpoint = z.infer<typeof table>;
export type ColumnDefinition = z.infer<typeof column>;
export type TableHistory = z.infer<typeof history>;
export type FormerTable = z.infer<typeof former>;
export type ChosenTables = NonNullable<Checkpoint["chosen"]>;
export type Publication = NonNullable<Checkpoint["publication"]>;

/** How the checkpoint is read, below the line of its checksum. */
const checkpointFile: JsonKind<Checkpoint> = {
	name: "The checkpoint of the replication",
	schema: body,
	version: 1,
	remedy: () => ({
		fix: "Reload all tables, which creates a new checkpoint. Replication does not guess a position, because that could lose changes; the raw zone is unchanged.",
		next: "pipeline-cli replication start --reload",
	}),
};

/**
 * @returns undefined where there is none yet.
 * @throws PipelineError where the file is damaged: continuing from a guess could lose changes.
 */
export async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
	const text = await readIfThere(path);
	if (text === undefined) return undefined;
	const newline = text.indexOf("\n");
	const json = text.slice(newline + 1);
	if (newline < 0 || text.slice(0, newline) !== digest(json)) {
		throw damagedJson(path, checkpointFile, "Its checksum does not match.");
	}
	return parseJson(json, path, checkpointFile);
}

/** Durable when it returns. First line: SHA-256 of the rest; rest: JSON. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
	const json = JSON.stringify(checkpoint);
	await writeFileAtomic(path, `${digest(json)}\n${json}`);
}

function digest(text: string): string {
	return createHash("sha256").update(text).digest("hex");
}
