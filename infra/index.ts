import { definePipeline } from "./definePipeline.ts";

/** The stack's one output, which `pipeline-cli` reads; see `outputs.ts`. */
export const pipeline = definePipeline();
