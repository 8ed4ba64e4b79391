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
	const { question, answer } = result;
	const asked =
		question === undefined || answer === undefined
			? []
			: [
					chalk.bold(question.title),
					renderTable(
						answer.columns.map((column) => ({ title: column.name })),
						answer.rows.map((row) => row.map(String)),
					),
					"",
				];
	const { latency } = result.verification;
	const figures = [
		`${formatCount(result.replicatedRows)} rows of ${result.replicatedTables} tables loaded, then changes replicated`,
		...(result.clicks > 0 ? [`${formatCount(result.clicks)} clicks delivered`] : []),
		`${result.etl.catalog?.tables.length ?? 0} tables in the catalog`,
		...(latency === undefined ? [] : [`a change queryable ${formatSeconds(latency.queryable)} after its commit`]),
	];
	return [
		chalk.bold("Jobs"),
		describeRun(result.stack, result.etl),
		"",
		...asked,
		chalk.bold("A change, tracked from the source to the current table"),
		describeVerification(result.verification),
		"",
		chalk.bold("Proved"),
		...figures.map((line) => `  ${line}`),
		"",
		`${formatSeconds(result.seconds)}, plus ${formatSeconds(result.setupSeconds)} of setup.`,
		"",
		chalk.bold("Next"),
		"  npx pipeline-cli dashboard",
		"  npx pipeline-cli status",
		...(question === undefined ? [] : [`  npx pipeline-cli query --name ${question.name}`]),
		"  npx pipeline-cli verify-cdc",
		"Your own MySQL: npx pipeline-cli init --help",
	].join("\n");
}
