/** How a worker ended, as its exit code. Any other is a crash, after which it is started again. */
export const workerExit = { stopped: 0, failed: 70, locked: 71 } as const;

/** Sent to the supervisor when changes are followed. */
export type WorkerMessage = "following";
