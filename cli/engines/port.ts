/**
 * The ports: what the actions need of an engine. `engines/local` and `engines/aws` implement them. Nothing here prints;
 * progress goes to the context's reporter, and a failure that the user can fix is a `PipelineError`.
 */
export type * from "./ports/comparison.ts";
export type * from "./ports/context.ts";
export type * from "./ports/description.ts";
export type * from "./ports/eventStream.ts";
export type * from "./ports/jobs.ts";
export type * from "./ports/lake.ts";
export type * from "./ports/localHost.ts";
export type * from "./ports/logs.ts";
export type * from "./ports/replication.ts";
export type * from "./ports/schedule.ts";
export type * from "./ports/source.ts";
export type * from "./ports/stack.ts";
