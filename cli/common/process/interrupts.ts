/**
 * Ctrl-C, SIGTERM and the end of the terminal from the first moment on. Until a command listens they are counted, since Node's
 * own answer to them would end the process silently, without the documented exit code, and leave jobs behind that have process
 * groups of their own. Node undoes what `nohup` does, so a hang-up that was to be ignored looks like any other; with setsid there is none.
 */
const signals = ["SIGINT", "SIGTERM"] as const;

let early = 0;
const count = (): void => {
	early += 1;
};

/** A closed terminal is often reported twice, by the system and by the shell: it begins an end, and never hurries one. */
const countFirst = (): void => {
	if (early === 0) count();
};

/** To be called before anything else is loaded. */
export function countInterrupts(): void {
	for (const signal of signals) process.on(signal, count);
	process.on("SIGHUP", countFirst);
}

/**
 * Has every interrupt, also those that came before, go to `listener`.
 * @returns how to stop that; then Node's own answer holds.
 */
export function onInterrupt(listener: () => void): () => void {
	let isEnding = false;
	const interrupt = (): void => {
		isEnding = true;
		listener();
	};
	const hangUp = (): void => {
		if (!isEnding) interrupt();
	};
	for (const signal of signals) process.on(signal, interrupt).off(signal, count);
	process.on("SIGHUP", hangUp).off("SIGHUP", countFirst);
	for (; early > 0; early -= 1) interrupt();
	return () => {
		for (const signal of signals) process.off(signal, interrupt);
		process.off("SIGHUP", hangUp);
	};
}
