import { expect, it } from "vitest";
import type { TableRule } from "../../etl/contract/datasets.ts";
import { dataQualityRuleset } from "../../infra/jobs/dataQualityRulesets.ts";
import { deployed } from "../../infra/testing/deployed.ts";
import { dqdlLibraries, parseDqdl } from "./dqdl/dqdlParser.ts";

const severity = "error";

/** Every kind of rule that a definition may have, with names and values that need care. */
const everyRule: TableRule[] = [
	{ kind: "not_null", columns: ['a "quoted" \\ one', "b"], severity },
	{ kind: "unique", columns: ["a`b"], severity },
	{ kind: "unique", columns: ["a", "b c"], severity },
	{ kind: "accepted_values", column: "s", values: ["open", 'a "b" \\', "1"], severity },
	{ kind: "accepted_values", column: "s", values: [0, 20], severity },
	{ kind: "accepted_values", column: "s", values: [-1, 0.5, true], severity },
	{ kind: "relationships", column: "order_id", to: { schema: "s", table: "Orders" }, field: "id", severity },
	{ kind: "range", column: "n", min: -0.5, max: 10, severity },
	{ kind: "row_count", min: 0, max: 100, severity },
	{ kind: "freshness", warnAfter: 3600, errorAfter: 86_400, severity },
];

it("AWS's own parser reads every ruleset of the program, and every kind of rule", async ({ skip }) => {
	const libraries = await dqdlLibraries().catch((error: unknown) => {
		const reason = `AWS's parser of DQDL cannot be had here: ${String(error).split("\n")[0]}`;
		process.stderr.write(`${reason}\n`);
		return skip(reason);
	});
	const made = (await deployed("dev")).ofType("aws:glue/dataQualityRuleset:DataQualityRuleset");
	const table = { name: "t", key: [], rules: everyRule };
	const dataset = { schema: "s", tables: [table] };
	const rulesets = [
		...made.map(({ inputs }) => String(inputs.ruleset)),
		...everyRule.map((rule) => dataQualityRuleset({ ...table, rules: [rule] }, dataset, [dataset], "raw-bucket")),
	];
	expect(made.length).toBeGreaterThan(20);
	const wrong = ['Rules = [ IsComplet "a" ]', "Rules = [ RowCount ]", "Rules = [ ]"];
	const answers = await parseDqdl(libraries, [...rulesets, ...wrong]);
	expect(answers).toHaveLength(rulesets.length + wrong.length);
	// A rule a line, between the brackets' lines.
	const counts = rulesets.map((ruleset) => String(ruleset.split("\n").length - 2));
	expect(answers.slice(0, rulesets.length)).toEqual(counts);
	for (const answer of answers.slice(rulesets.length)) expect(answer).not.toMatch(/^\d+$/);
});
