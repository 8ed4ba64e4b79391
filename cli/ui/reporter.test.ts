import { Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { QuietReporter, StreamReporter } from "./reporter.ts";
import { ansi, stripAnsi } from "./terminal.ts";

let written: string;
let stream: Writable;

beforeEach(() => {
	written = "";
	stream = new Writable({
		write(chunk, _, done) {
			written += String(chunk);
			done();
		},
	});
	vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});

afterEach(() => {
	vi.useRealTimers();
});

/** What a terminal shows in the end: a line is replaced from its start, and an erased one is gone. */
function screen(): string[] {
	const lines: string[] = [""];
	let row = 0;
	// biome-ignore lint/suspicious/noControlCharactersInRegex: an ANSI sequence begins with the escape character.
	for (const part of written.split(/(\n|\r\u001b\[2K|\u001b\[1A)/)) {
		if (part === "\n") row += 1;
		else if (part === "\u001b[1A") row -= 1;
		else if (part === ansi.clearLine) lines[row] = "";
		else lines[row] = (lines[row] ?? "") + stripAnsi(part);
		lines[row] ??= "";
	}
	return lines;
}

const line = '{"event":"duckdb"}';

describe("a line of the log", () => {
	it("stands by itself above the tasks that are running", async () => {
		const reporter = new StreamReporter(stream, { color: false, animate: true, columns: 80, rows: 24 });
		let end = (): void => undefined;
		const task = reporter.task(
			"Work",
			() =>
				new Promise<void>((resolve) => {
					end = resolve;
				}),
		);
		vi.advanceTimersByTime(200);
		reporter.log(line);
		vi.advanceTimersByTime(200);
		reporter.log(line);
		expect(screen().slice(0, 2)).toEqual([line, line]);
		expect(screen()[2]).toContain("Work");
		end();
		await task;
		const shown = screen();
		expect(shown.slice(0, 2)).toEqual([line, line]);
		expect(shown[2]).toMatch(/^✓ Work \(/);
		expect(shown[3]).toBe("");
	});

	it("is shown with --quiet, too", () => {
		new QuietReporter(stream).log(line);
		expect(written).toBe(`${line}\n`);
	});
});

describe("work that is only waited for", () => {
	const look = { color: false, columns: 80, rows: 24 };

	beforeEach(() => {
		vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout"] });
	});

	it("is shown on a terminal once it takes long, and leaves nothing", async () => {
		const reporter = new StreamReporter(stream, { ...look, animate: true });
		let end = (): void => undefined;
		const ended = new Promise<void>((resolve) => {
			end = resolve;
		});
		const work = reporter.wait("Query", () => ended);
		vi.advanceTimersByTime(400);
		expect(written).toBe("");
		vi.advanceTimersByTime(200);
		expect(screen()[0]).toContain("Query");
		end();
		await work;
		expect(screen()).toEqual([""]);
		expect(written.endsWith(ansi.showCursor)).toBe(true);
	});

	it("is not shown where it is short, fails, or nobody watches", async () => {
		const watched = new StreamReporter(stream, { ...look, animate: true });
		expect(await watched.wait("Query", async () => 1)).toBe(1);
		await expect(watched.wait("Query", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
		expect(await new StreamReporter(stream, { ...look, animate: false }).wait("Query", async () => 2)).toBe(2);
		vi.advanceTimersByTime(60_000);
		expect(written).toBe("");
	});
});
