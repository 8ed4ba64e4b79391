import { deploy } from "./deploy.ts";

/** The stack's one output, which `pipeline-cli` reads; see `outputs.ts`. */
export const pipeline = deploy();
