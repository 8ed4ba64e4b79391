import { nextTime } from "../../../etl/contract/pipeline/nextTime.ts";
import type { Schedule } from "../../../etl/contract/pipeline/pipeline.ts";
import { sleep } from "../../common/poll.ts";

/** What time it is, and how to let it pass. */
export interface Clock {
	now(): Date;
	/** @throws the signal's reason once it is aborted. */
	pass(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = { now: () => new Date(), pass: sleep };

/** How often the clock and the definition are looked at: a laptop sleeps, clocks are set, schedules are edited. */
const sliceMs = 10_000;

export interface Repetition {
	/** As it is now; asked again and again. */
	schedule: () => Promise<Schedule>;
	/** Whether the first run waits for its time. */
	waits: boolean;
	/** One run, to its end. It throws only where all of it should end. */
	run: () => Promise<void>;
	/** Called whenever the next time is another; undefined for none: 31 February. */
	onNext: (at: Date | undefined, schedule: Schedule) => Promise<void>;
}

/**
 * Starts runs by a schedule until the signal is aborted, one after the other: a time that comes while a run takes longer is left
 * out, as are times at which the machine slept.
 * @throws the signal's reason.
 */
export async function repeat(repetition: Repetition, signal: AbortSignal, clock: Clock = systemClock): Promise<never> {
	const anchor = clock.now();
	let due = repetition.waits ? nextTime(await repetition.schedule(), anchor, anchor) : anchor;
	for (;;) {
		await waitFor(due, anchor, repetition, signal, clock);
		await repetition.onNext(undefined, await repetition.schedule());
		await repetition.run();
		signal.throwIfAborted();
		due = nextTime(await repetition.schedule(), clock.now(), anchor);
	}
}

async function waitFor(
	first: Date | undefined,
	anchor: Date,
	{ schedule, onNext }: Repetition,
	signal: AbortSignal,
	clock: Clock,
): Promise<void> {
	let due = first;
	let by = await schedule();
	let before = clock.now();
	await onNext(due, by);
	for (;;) {
		signal.throwIfAborted();
		const now = clock.now();
		if (due !== undefined && now >= due) return;
		const latest = await schedule();
		// A clock that was set back must not make the next run wait for hours.
		if (JSON.stringify(latest) !== JSON.stringify(by) || now < before) {
			due = nextTime(latest, now, anchor);
			by = latest;
			await onNext(due, by);
		}
		before = now;
		const left = due === undefined ? sliceMs : due.getTime() - now.getTime();
		await clock.pass(Math.max(1, Math.min(left, sliceMs)), signal);
	}
}
