import { defineConfig } from "vitest/config";

/** Those that `npm test` runs on MySQL: what MySQL does its own way, and one of the others. `npm run test:faults` runs all. */
const fewOnMySql = ["canonicalText", "differential", "events", "statements", "values", "replicationDdl"].map(
	(name) => `tests/replication/${name}.test.ts`,
);
/** How reconcile reads the source, and a pipeline from the source to the page. */
const fewOfLocal = ["sourceReader", "secondPipeline"].map((name) => `tests/local/${name}.test.ts`);
/** What commands ask of the source besides. */
const moreOfLocal = ["reconcile", "reconcileDeep", "verifyOwn"].map((name) => `tests/local/${name}.test.ts`);

/** Called by npx, as vitest is, the command line would show its own commands with npx. */
const env = { npm_command: "" };

/**
 * `unit` and `infra`: beside the source, no process and no network. `integration`: tests/, real servers and processes; `mysql`:
 * those of them that replicate or compare, with MySQL as the source in place of MariaDB.
 */
export default defineConfig({
	test: {
		projects: [
			{
				test: {
					name: "unit",
					include: ["{bench,cli,etl,pipelines,tools}/**/*.test.ts"],
					env,
					testTimeout: 30_000,
					hookTimeout: 60_000,
					// Loading the modules again for each file takes longer than the tests; what a test puts in place of another is taken back.
					isolate: false,
					restoreMocks: true,
					unstubEnvs: true,
					// Its ES modules import folders, which Node itself refuses.
					server: { deps: { inline: ["dt-sql-parser"] } },
				},
			},
			{
				test: {
					name: "infra",
					include: ["infra/**/*.test.ts"],
					env,
					testTimeout: 30_000,
					hookTimeout: 60_000,
					// The files of a worker share Pulumi's packages, which take seconds to load, and programs that were run before.
					isolate: false,
					// As above.
					server: { deps: { inline: ["dt-sql-parser"] } },
				},
			},
			{
				test: {
					name: "integration",
					include: ["tests/**/*.test.ts"],
					env,
					testTimeout: 300_000,
					hookTimeout: 300_000,
					fileParallelism: false,
					globalSetup: "tests/support/ownFolder.ts",
				},
			},
			{
				test: {
					name: "mysql",
					include:
						process.env.FEW_ON_MYSQL === "1"
							? [...fewOnMySql, ...fewOfLocal]
							: ["tests/replication/**/*.test.ts", ...fewOfLocal, ...moreOfLocal],
					env: { ...env, TEST_SERVER: "mysql" },
					testTimeout: 300_000,
					// The first of them may have to fetch the server.
					hookTimeout: 900_000,
					fileParallelism: false,
					globalSetup: "tests/support/ownFolder.ts",
				},
			},
		],
	},
});
