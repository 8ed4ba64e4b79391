import { testEnvironment } from "../../infra/testing/mockedCloud.ts";

const { partition, region, accountId } = testEnvironment;
export const at = (service: string, resource: string): string =>
	`arn:${partition}:${service}:${region}:${accountId}:${resource}`;
export const bucket = (zone: string, key = ""): string =>
	`arn:${partition}:s3:::analytics-pipeline-prod-lake-${zone}${key && `/${key}`}`;

export const raw = {
	wordpress: bucket("raw", "wordpress-db/wp_terms/LOAD00000001.parquet"),
	classicmodels: bucket("raw", "classicmodels/orders/20260905-151244585.parquet"),
	clicks: bucket("raw", "clickstream-data/2026/09/05/15/a.json.gz"),
	clickErrors: bucket("raw", "clickstream-errors/processing-failed/a"),
	other: bucket("raw", "another-schema/secrets/LOAD00000001.parquet"),
	lookalike: bucket("raw", "wordpress-db-backup/wp_users/LOAD00000001.parquet"),
};
export const processed = {
	changeLog: bucket("processed", "wordpress-db/wp_terms/batch=1/a.parquet"),
	current: bucket("processed", "current/classicmodels/orders/data/a.parquet"),
	joint: bucket("processed", "joint-tables/click_hour=2026-09-05-15/a.parquet"),
	star: bucket("processed", "star-schema/fact_orders/data/a.parquet"),
	state: bucket("processed", "_state/wordpress-db/wp_terms.json"),
	reports: bucket("processed", "_runs/run-1/process-load.json"),
	notice: bucket("processed", "_runs/attention/unsent/run-1-process-load.txt"),
	results: bucket("processed", "athena-queries/a.csv"),
};
export const scripts = {
	job: bucket("scripts", "jobs/0123/process_load.py"),
	package: bucket("scripts", "lakehouse/0123/lakehouse.zip"),
	temporary: bucket("scripts", "temporary/a"),
};
/** The same object of the dev stack. */
export const dev = (resource: string): string => resource.replace("analytics-pipeline-prod", "analytics-pipeline-dev");
export const key = at("kms", "key/analytics-pipeline-prod-encryption-key");
export const otherKey = at("kms", "key/another");
export const sourceSecret = at("secretsmanager", "secret:analytics-pipeline-prod-source-secret-AbCdEf");
export const warehouseSecret = at("secretsmanager", "secret:analytics-pipeline-prod-warehouse-namespace-AbCdEf");
export const database = "analytics_pipeline_prod";
export const table = (name: string, db = database): string => at("glue", `table/${db}/${name}`);
export const stream = at("kinesis", "stream/kds-clickstream-data");
export const job = at("glue", "job/analytics-pipeline-prod-jobs-star-schema");
export const crawler = at("glue", "crawler/analytics-pipeline-prod-catalog");
export const jobLog = at(
	"logs",
	"log-group:/aws-glue/jobs/analytics-pipeline-prod-encryption-glue-role/jobs-role/error",
);
export const crawlerLog = at("logs", "log-group:/aws-glue/crawlers-role/role-analytics-pipeline-prod-encryption-glue");
export const flowLog = at("logs", "log-group:/aws/vpc/flow-logs/analytics-pipeline-prod-network-flow");
export const topic = at("sns", "analytics-pipeline-prod-notifications");
export const machine = at("states", "stateMachine:analytics-pipeline-prod-schedule");

export interface Rights {
	may: [string, string][];
	mayNot: [string, string][];
}

export const each = (actions: string[], resources: string[]): [string, string][] =>
	actions.flatMap((action) => resources.map((resource): [string, string] => [action, resource]));
