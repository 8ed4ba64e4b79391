/** A piece of work for one of several that take from a queue. */
export interface Job {
	/** Whether it takes so much memory that only one of this kind may run at a time. */
	isHeavy: boolean;
}

/** Work for several that take it side by side; what is taken may add more. */
export class LoadQueue<T extends Job> {
	readonly #jobs: T[];
	#running = 0;
	#heavyRuns = false;
	#waiting: (() => void)[] = [];

	constructor(jobs: readonly T[]) {
		this.#jobs = [...jobs];
	}

	/** Adds work before all that waits. */
	addFirst(jobs: readonly T[]): void {
		this.#jobs.unshift(...jobs);
		this.#wake();
	}

	/**
	 * Takes work until there is none, and none can come.
	 * @param work what is done with it; where it throws, no more is taken.
	 */
	async drain(work: (job: T) => Promise<void>): Promise<void> {
		for (;;) {
			const index = this.#jobs.findIndex(({ isHeavy }) => !(isHeavy && this.#heavyRuns));
			const [job] = index < 0 ? [] : this.#jobs.splice(index, 1);
			if (job === undefined) {
				if (this.#running === 0 && this.#jobs.length === 0) return this.#wake();
				await new Promise<void>((resolve) => this.#waiting.push(resolve));
				continue;
			}
			this.#running += 1;
			if (job.isHeavy) this.#heavyRuns = true;
			try {
				await work(job);
			} catch (error) {
				this.#jobs.length = 0;
				throw error;
			} finally {
				this.#running -= 1;
				if (job.isHeavy) this.#heavyRuns = false;
				this.#wake();
			}
		}
	}

	#wake(): void {
		const waiting = this.#waiting;
		this.#waiting = [];
		for (const resolve of waiting) resolve();
	}
}
