import chalk from "chalk";
import { type DemoResult, runDemo } from "../../actions/demo.ts";
import type { Run } from "../../command.ts";
import { formatCount, formatSeconds } from "../../ui/format.ts";
import { renderTable } from "../../ui/table.ts";
import { describeRun } from "../shared/etlRun.ts";
import { describeVerification } from "../shared/verification.ts";
import type { definition } from "./definition.ts";

export const run: Run<typeof definition> = async ({ options, localHost, context }) => {
	const { seed, scale } = options;
	const result = await runDemo(await localHost(), { seed, scale }, context);
	return {
		json: result,
		text: describeDemo(result),
		...(result.ok ? {} : { outcome: result.etl.outcome ?? "dataDiffer" }),
	};
};

function describeDemo(result: DemoResult): string {
	const answer = renderTable(
		result.answer.columns.map((column) => ({ title: column.name })),
		result.answer.rows.map((row) => row.map(String)),
	);
	const figures = [
		`${formatCount(result.replicatedRows)} rows of ${result.replicatedTables} tables loaded, then changes followed`,
		`${formatCount(result.clicks)} clicks delivered and joined`,
		`${result.etl.catalog?.tables.length ?? 0} tables in the catalog`,
		`a change queryable ${formatSeconds(result.verification.latency.queryable)} after its commit`,
	];
	return [
		chalk.bold("Jobs"),
		describeRun(result.stack, result.etl),
		"",
		chalk.bold("Departments that are looked at most"),
		answer,
		"",
		chalk.bold("A change, followed from the source to the current table"),
		describeVerification(result.verification),
		"",
		chalk.bold("Proved"),
		...figures.map((line) => `  ${line}`),
		"",
		`${formatSeconds(result.seconds)}, and ${formatSeconds(result.setupSeconds)} of setup before.`,
		"",
		chalk.bold("Next"),
		"  npx pipeline-cli status",
		"  npx pipeline-cli query --name sales_by_country",
		"  npx pipeline-cli verify-cdc",
	].join("\n");
}
