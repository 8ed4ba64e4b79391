import { join } from "node:path";
import { projectRoot } from "../../cli/common/projectRoot.ts";
import { readDefinition } from "../../etl/definition/definition.ts";

/** The sample shop's definition, as tests need it. */
export const shop = readDefinition(join(projectRoot, "pipelines", "shop"), join(projectRoot, "etl"));

export const { datasets, jobs, pipeline, queries } = shop;
export const derivedDatasets = shop.made;
