/** Milliseconds without a change at the source after which rows are counted instead; DMS closes a batch after a minute. */
export const quiet = { local: 5_000, aws: 90_000 } as const;
