/** Milliseconds without a change at the source after which rows are counted instead; DMS closes a batch after a minute. */
export const quiet = { local: 5_000, aws: 90_000 } as const;

/** Milliseconds by which statistics may show a change later than its file came; older files prove nothing of it. */
export const statisticsDelay = { local: 10_000, aws: 120_000 } as const;
