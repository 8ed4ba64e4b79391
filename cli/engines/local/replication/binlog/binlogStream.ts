import { messageOf } from "../../../../common/errors.ts";
import type { SourceAccess } from "../../../mysql/access.ts";
import { DecodeError } from "../decode/byteReader.ts";
import { readPayload } from "../decode/compression.ts";
import { type BinlogFrame, eventType, Framer, frameInPayload } from "../decode/eventFrame.ts";
import type { Position } from "../model/position.ts";
import { LostSource, unreadableBinlog } from "../mysql/errors.ts";
import type { BinlogEvent } from "./binlogEvent.ts";
import { BinlogOffset } from "./binlogOffset.ts";
import { CharsetCache } from "./charsetCache.ts";
import { DumpConnection, type EventSource } from "./dumpConnection.ts";
import { EventTranslator } from "./eventTranslator.ts";
import type { IsWanted } from "./tableReaders.ts";

/** Bytes of binlog that may wait in memory before the socket is paused. */
const queueBytes = 1024 * 1024;
/** Without any event for this long, not even a heartbeat, the connection counts as lost. */
const silenceMs = 60_000;
/** What COM_BINLOG_DUMP can be asked for: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_binlog_dump.html */
const mostOffset = 0xffff_ffff;
/** Where a file's first event begins. */
const fileStart = 4;

function nothing(): void {}

/** The source's binlog from a position on. Holds the source back while its reader is behind. */
export class BinlogStream {
	readonly #source: EventSource;
	readonly #starting: Promise<void>;
	readonly #charsets: CharsetCache;
	readonly #translator: EventTranslator;
	readonly #framer = new Framer();
	readonly #offset: BinlogOffset;
	/** Where what is wanted begins; the source may have been asked from further back. */
	readonly #from: Position;
	#queue: Buffer[] = [];
	#queued = 0;
	#paused = false;
	#failure: Error | undefined;
	#lastEvent = performance.now();
	#wake = nothing;

	/**
	 * @param serverId as what the source sees us; another client of the same number is cut off by it.
	 * @param isWanted whose rows come.
	 * @param connect makes the connection; it asks for events when it is started.
	 */
	constructor(
		access: SourceAccess,
		serverId: number,
		isWanted: IsWanted,
		from: Position,
		connect: (from: Position) => EventSource = (asked) => new DumpConnection(access, serverId, asked),
		charsets = new CharsetCache(access),
	) {
		this.#from = from;
		// A source can be asked for offsets of 32 bits only; from beyond, the file is read from its start.
		const asked = from.offset > mostOffset ? { file: from.file, offset: fileStart } : from;
		this.#offset = new BinlogOffset(asked);
		this.#charsets = charsets;
		this.#translator = new EventTranslator(isWanted, this.#charsets);
		this.#source = connect(asked);
		this.#starting = this.#source.start(
			(event) => this.#receive(event),
			(error) => this.#fail(error),
		);
		this.#starting.catch((error: unknown) => this.#fail(error instanceof Error ? error : new Error(messageOf(error))));
	}

	/**
	 * @returns the events that have come; none where none came within the time.
	 * @throws what broke the connection; PipelineError where an event cannot be read, after what came before it.
	 */
	async take(timeoutMs: number): Promise<BinlogEvent[]> {
		if (this.#queue.length === 0 && this.#failure === undefined) await this.#wait(timeoutMs);
		if (this.#queue.length > 0) return this.#translate();
		if (this.#failure !== undefined) throw this.#failure;
		this.#resume();
		if (performance.now() - this.#lastEvent > silenceMs) throw new LostSource("the source has stopped responding");
		return [];
	}

	/** Ends the stream. Nothing is received afterwards. */
	async close(): Promise<void> {
		await this.#source.close();
		await this.#starting.catch(() => undefined);
	}

	#wait(timeoutMs: number): Promise<void> {
		this.#resume();
		if (this.#queue.length > 0 || this.#failure !== undefined) return Promise.resolve();
		return new Promise((resolve) => {
			const timer = setTimeout(done, timeoutMs);
			function done(): void {
				clearTimeout(timer);
				resolve();
			}
			this.#wake = () => {
				// Once: each event that comes calls it.
				this.#wake = nothing;
				done();
			};
		});
	}

	#resume(): void {
		if (!this.#paused) return;
		this.#paused = false;
		this.#lastEvent = performance.now();
		this.#source.resume();
	}

	#fail(error: Error): void {
		this.#failure ??= error;
		this.#wake();
	}

	#receive(event: Buffer): void {
		this.#lastEvent = performance.now();
		this.#queue.push(event);
		this.#queued += event.length;
		if (this.#queued >= queueBytes && !this.#paused) {
			this.#paused = true;
			this.#source.pause();
		}
		this.#wake();
	}

	/** Reads all that is queued. What cannot be read ends the stream, once what came before it was taken. */
	async #translate(): Promise<BinlogEvent[]> {
		const queue = this.#queue;
		this.#queue = [];
		this.#queued = 0;
		const events: BinlogEvent[] = [];
		try {
			for (const event of queue) {
				const frame = this.#framer.frame(event);
				const next = this.#offset.after(frame.header, frame.header.type === eventType.format);
				const inside =
					frame.header.type === eventType.transactionPayload ? readPayload(frame.body).map(frameInPayload) : undefined;
				for (let at = 0; at < (inside?.length ?? 1); at += 1) {
					const one = inside?.[at] ?? frame;
					// Most events need no waiting, and so many have no time for it.
					const missing = this.#translator.missingCollations(one);
					if (missing.length > 0) await this.#charsets.load(missing);
					this.#add(events, one, next);
				}
			}
		} catch (error) {
			this.#queue = [];
			const failure = error instanceof DecodeError ? unreadableBinlog(this.#offset.at, error) : error;
			if (events.length === 0) throw failure;
			this.#failure = failure instanceof Error ? failure : new Error(messageOf(failure));
		}
		return events;
	}

	#add(events: BinlogEvent[], frame: BinlogFrame, next: number): void {
		const event = this.#translator.translate(frame, next);
		if (event === undefined) return;
		if (event.kind === "rotate") this.#offset.rotate(event.position);
		else if (event.kind !== "format" && this.#isBefore(next)) return;
		events.push(event);
	}

	/** Events before what was asked for were read already. */
	#isBefore(next: number): boolean {
		return this.#offset.at.file === this.#from.file && next > 0 && next <= this.#from.offset;
	}
}
