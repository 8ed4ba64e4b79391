import chalk, { Chalk, type ChalkInstance } from "chalk";
import type { Reporter } from "../engines/port.ts";
import { clipped } from "./fit.ts";
import { formatSeconds } from "./format.ts";
import { ansi, type Look } from "./terminal.ts";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** How texts are changed before they are shown. */
export interface Words {
	/** Writes the commands in a text as the user types them. */
	typed(text: string): string;
	/** Breaks a text into lines that fit the terminal. */
	fitted(text: string): string;
}

/** Milliseconds after which work is shown that is not to be seen where it is short. */
const longMs = 500;

const asTheyAre: Words = { typed: (text) => text, fitted: (text) => text };

interface RunningTask {
	title: string;
	detail: string;
	startedAt: number;
}

/**
 * Progress on stderr. On a terminal the running tasks are animated lines that end as one line each; elsewhere a task is
 * a line when it starts and a line when it ends.
 */
export class StreamReporter implements Reporter {
	readonly #stream: NodeJS.WritableStream;
	readonly #look: Look;
	readonly #words: Words;
	readonly #paint: ChalkInstance;
	readonly #running: RunningTask[] = [];
	#timer: NodeJS.Timeout | undefined;
	#frame = 0;
	#drawn = 0;

	constructor(stream: NodeJS.WritableStream, look: Look, words: Words = asTheyAre) {
		this.#stream = stream;
		this.#words = words;
		this.#look = look;
		this.#paint = look.color ? chalk : new Chalk({ level: 0 });
	}

	async task<T>(
		title: string,
		run: (update: (detail: string) => void) => Promise<T>,
		succeeded: (result: T) => boolean = () => true,
	): Promise<T> {
		const task: RunningTask = { title, detail: "", startedAt: Date.now() };
		this.#running.push(task);
		if (this.#look.animate) this.#startAnimation();
		else this.#stream.write(`  ${title} …\n`);
		try {
			const result = await run((detail) => {
				task.detail = detail;
			});
			this.#end(task, succeeded(result) ? this.#paint.green("✓") : this.#paint.red("✗"));
			return result;
		} catch (error) {
			this.#end(task, this.#paint.red("✗"));
			throw error;
		}
	}

	async wait<T>(title: string, work: () => Promise<T>): Promise<T> {
		if (!this.#look.animate) return work();
		const task: RunningTask = { title, detail: "", startedAt: Date.now() };
		const timer = setTimeout(() => {
			this.#running.push(task);
			this.#startAnimation();
		}, longMs);
		try {
			return await work();
		} finally {
			clearTimeout(timer);
			this.#remove(task);
		}
	}

	note(text: string): void {
		this.#line(this.#words.fitted(this.#words.typed(text)));
	}

	warn(text: string): void {
		this.#line(this.#words.fitted(`${this.#paint.yellow("warning:")} ${this.#words.typed(text)}`));
	}

	/** A line of the log, between the lines of progress. */
	log(line: string): void {
		this.#line(line);
	}

	/** Leaves the terminal as it was. */
	close(): void {
		if (this.#timer === undefined) return;
		clearInterval(this.#timer);
		this.#timer = undefined;
		this.#erase();
		this.#stream.write(ansi.showCursor);
	}

	#end(task: RunningTask, mark: string): void {
		this.#running.splice(this.#running.indexOf(task), 1);
		const seconds = formatSeconds((Date.now() - task.startedAt) / 1000);
		const detail = task.detail === "" ? "" : ` ${this.#paint.dim(task.detail)}`;
		this.#line(this.#words.fitted(`${mark} ${task.title}${detail} ${this.#paint.dim(`(${seconds})`)}`));
		if (this.#running.length === 0) this.close();
	}

	/** Of a task that leaves no line. */
	#remove(task: RunningTask): void {
		if (!this.#running.includes(task)) return;
		this.#running.splice(this.#running.indexOf(task), 1);
		this.#erase();
		if (this.#running.length === 0) this.close();
		else this.#draw();
	}

	#line(text: string): void {
		this.#erase();
		this.#stream.write(`${text}\n`);
		if (this.#timer !== undefined) this.#draw();
	}

	#startAnimation(): void {
		if (this.#timer !== undefined) return;
		this.#stream.write(ansi.hideCursor);
		this.#timer = setInterval(() => {
			this.#frame += 1;
			this.#erase();
			this.#draw();
		}, 80);
		this.#timer.unref();
		this.#draw();
	}

	#draw(): void {
		const mark = frames[this.#frame % frames.length] ?? "";
		const lines = this.#running.map((task) => {
			const seconds = formatSeconds((Date.now() - task.startedAt) / 1000);
			return clipped(`${mark} ${task.title} ${task.detail} ${seconds}`, this.#look.columns - 1);
		});
		this.#stream.write(lines.join("\n"));
		this.#drawn = lines.length;
	}

	#erase(): void {
		if (this.#drawn === 0) return;
		this.#stream.write(ansi.clearLine + `\u001b[1A${ansi.clearLine}`.repeat(this.#drawn - 1));
		this.#drawn = 0;
	}
}

/** Shows warnings only: `--quiet`. */
export class QuietReporter implements Reporter {
	readonly #stream: NodeJS.WritableStream;
	readonly #words: Words;

	constructor(stream: NodeJS.WritableStream, words: Words = asTheyAre) {
		this.#stream = stream;
		this.#words = words;
	}

	task<T>(_title: string, run: (update: (detail: string) => void) => Promise<T>): Promise<T> {
		return run(() => undefined);
	}

	wait<T>(_title: string, work: () => Promise<T>): Promise<T> {
		return work();
	}

	note(): void {}

	warn(text: string): void {
		this.#stream.write(`${this.#words.fitted(`warning: ${this.#words.typed(text)}`)}\n`);
	}

	log(line: string): void {
		this.#stream.write(`${line}\n`);
	}

	close(): void {}
}
