/**
 * Ctrl-C and SIGTERM from the first moment on. Until a command listens they are counted, since Node's own answer to them would end
 * the process silently and without the documented exit code.
 */
const signals = ["SIGINT", "SIGTERM"] as const;

let early = 0;
const count = (): void => {
	early += 1;
};

/** To be called before anything else is loaded. */
export function countInterrupts(): void {
	for (const signal of signals) process.on(signal, count);
}

/**
 * Has every interrupt, also those that came before, go to `listener`.
 * @returns how to stop that; then Node's own answer holds.
 */
export function onInterrupt(listener: () => void): () => void {
	for (const signal of signals) process.on(signal, listener).off(signal, count);
	for (; early > 0; early -= 1) listener();
	return () => {
		for (const signal of signals) process.off(signal, listener);
	};
}
