/** What the package analytics-pipeline exports: the program, and the components that it is made of. */
export { AnalyticsPipeline } from "./analyticsPipeline.ts";
export { Catalog } from "./catalog/catalog.ts";
export { Clickstream } from "./clickstream/clickstream.ts";
export { Dashboards } from "./dashboards/dashboards.ts";
export { definePipeline } from "./definePipeline.ts";
export { EtlJobs } from "./jobs/etlJobs.ts";
export { Monitoring } from "./monitoring/monitoring.ts";
export { Network } from "./network/network.ts";
export type { PipelineOutputs } from "./outputs.ts";
export { Athena } from "./query/athena.ts";
export { Replication } from "./replication/replication.ts";
export { Schedule } from "./schedule/schedule.ts";
export type { AnalyticsPipelineArgs } from "./scope.ts";
export { SourceDatabase } from "./source/sourceDatabase.ts";
export { DataLake } from "./storage/dataLake.ts";
export { Warehouse } from "./warehouse/warehouse.ts";
