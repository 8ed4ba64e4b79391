import type { SampleSchema } from "../../../etl/definition/sampleData.ts";
import { classicmodelsRows } from "./classicmodels.ts";
import { classicmodelsTables } from "./classicmodelsTables.ts";
import { collation } from "./tables.ts";
import { wordpressRows } from "./wordpress.ts";
import { wordpressTables } from "./wordpressTables.ts";

/** The sample schemas. */
export const schemas: readonly SampleSchema[] = [
	{ schema: "wordpress-db", collation, tables: wordpressTables, rows: wordpressRows },
	{ schema: "classicmodels", collation, tables: classicmodelsTables, rows: classicmodelsRows },
];
