import { rawColumns } from "../../etl/contract/contract.ts";
import type { Dataset } from "../../etl/contract/datasets.ts";

/** A rule of a DMS table mapping, as DMS spells it. */
export interface MappingRule {
	"rule-type": "selection" | "transformation";
	"rule-id": string;
	"rule-name": string;
	"rule-target"?: "column";
	"rule-action": "include" | "add-column" | "add-before-image-columns";
	"object-locator": { "schema-name": string; "table-name": string };
	value?: string;
	expression?: string;
	"data-type"?: { type: "string"; length: number };
	"before-image-def"?: { "column-prefix": string; "column-suffix": string; "column-filter": "pk-only" | "all" };
}

/**
 * Which tables DMS replicates, and the columns it adds to them.
 *
 * Every table is named: for MySQL a wildcard schema would take the system's own.
 * https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html
 *
 * Before images: the AWS documentation's pages on `add-before-image-columns` speak of Kinesis and Kafka, and of "supported
 * targets" without a list; that the rule fills columns of an S3 target is shown by AWS support with its output at
 * https://repost.aws/questions/QUfXtCkhI9SGepdNLbsqTzjQ/how-to-determine-which-record-was-updated-when-primary-key-is-updated
 * For MySQL before images hold every column except BLOB and TEXT types.
 */
export function tableMappings(datasets: readonly Dataset[]): { rules: MappingRule[] } {
	const rules: MappingRule[] = [];
	const add = (rule: Omit<MappingRule, "rule-id" | "rule-name">): void => {
		const id = String(rules.length + 1);
		const { "rule-type": type, ...rest } = rule;
		rules.push({ "rule-type": type, "rule-id": id, "rule-name": id, ...rest });
	};
	for (const { schema, tables } of datasets) {
		for (const { name } of tables) {
			add({
				"rule-type": "selection",
				"rule-action": "include",
				"object-locator": { "schema-name": schema, "table-name": name },
			});
		}
	}
	for (const { schema, tables } of datasets) {
		add({
			"rule-type": "transformation",
			"rule-target": "column",
			"rule-action": "add-column",
			"object-locator": { "schema-name": schema, "table-name": "%" },
			value: rawColumns.changeSequence,
			expression: "$AR_H_CHANGE_SEQ",
			"data-type": { type: "string", length: 50 },
		});
		for (const { name, key } of tables) {
			add({
				"rule-type": "transformation",
				"rule-target": "column",
				"rule-action": "add-before-image-columns",
				"object-locator": { "schema-name": schema, "table-name": name },
				"before-image-def": {
					"column-prefix": rawColumns.beforeImagePrefix,
					"column-suffix": "",
					"column-filter": key?.length === 0 ? "all" : "pk-only",
				},
			});
		}
	}
	return { rules };
}
