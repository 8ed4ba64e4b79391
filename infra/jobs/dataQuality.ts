import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Dataset } from "../../etl/contract/datasets.ts";
import { catalogName } from "../../etl/definition/tables.ts";
import { dataQualityRuleset } from "./dataQualityRulesets.ts";

export interface DataQualityArgs {
	/** Tables with their rules. */
	datasets: readonly Dataset[];
	/** Raw zone, whose files the rules of freshness are about. */
	rawBucket: pulumi.Input<string>;
}

/**
 * The quality rules of the definition as AWS Glue Data Quality rulesets, one a table that
 * has rules. The jobs check the same rules before they publish a table; these are for evaluations that someone starts at
 * a later time.
 *
 * Defaults: none; every argument is given.
 *
 * Danger: none.
 *
 * Cost: none; an evaluation is $0.44 a DPU-hour.
 */
export class DataQuality extends pulumi.ComponentResource {
	constructor(name: string, args: DataQualityArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:catalog:DataQuality", name, {}, opts);
		for (const dataset of args.datasets) {
			for (const table of dataset.tables) {
				if (!table.rules?.length) continue;
				new aws.glue.DataQualityRuleset(
					`${name}-${catalogName(table)}`,
					{
						// At most 255 characters: 64 of MySQL's for the table, and the stack's name is checked to be short.
						name: `${name}-${catalogName(table)}`,
						description: `Rules of ${dataset.schema}.${table.name}`,
						ruleset: pulumi
							.output(args.rawBucket)
							.apply((bucket) => dataQualityRuleset(table, dataset, args.datasets, bucket)),
						// No `targetTable`: the jobs register the current table, so that it does not exist at the first `pulumi up`,
						// and Glue does not say whether it takes a ruleset for a table that is not there. An evaluation names its
						// table itself.
						// https://docs.aws.amazon.com/glue/latest/webapi/API_StartDataQualityRulesetEvaluationRun.html
					},
					{ parent: this },
				);
			}
		}
		this.registerOutputs({});
	}
}
