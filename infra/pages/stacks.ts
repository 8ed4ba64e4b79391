import type { PipelineConfig } from "../config.ts";
import type { Stack } from "./costPage.ts";
import { estimate, referenceEstimate, type Usage } from "./estimate.ts";

/** What is assumed of the use of dev. */
export const small: Usage = {
	lakeGb: 10,
	rewrittenGb: 40,
	thousandPuts: 60,
	thousandGets: 100,
	changesGb: 1,
	thousandChangeFiles: 10,
	clicksGb: 1,
	runs: 40,
	jobs: 6,
	workerHoursPerRun: 0.4,
	scannedTb: 0.01,
	warehouseHours: 0,
	authors: 1,
	readers: 0,
	logGb: 2,
};

/** What is assumed of the use of prod. */
export const large: Usage = {
	lakeGb: 500,
	rewrittenGb: 7300,
	thousandPuts: 1000,
	thousandGets: 5000,
	changesGb: 50,
	thousandChangeFiles: 438,
	clicksGb: 50,
	runs: 730,
	jobs: 6,
	workerHoursPerRun: 0.5,
	scannedTb: 1,
	warehouseHours: 90,
	authors: 2,
	readers: 20,
	logGb: 20,
};

/** The stacks that the page of costs compares. */
export function costStacks(dev: PipelineConfig, prod: PipelineConfig): Stack[] {
	return [
		{
			name: "dev",
			assumed:
				"Two manual runs on 20 days, each with six jobs of two minutes on two FLEX workers; 10 GB in the lake, 1 GB of clicks, 1 GB of tables rewritten per run.",
			items: estimate(dev, small),
		},
		{
			name: "prod",
			assumed:
				"One run per hour, of half a worker-hour in total; 500 GB in the lake, 50 GB of clicks, 10 GB of tables rewritten per run, ten tables that change every minute, 1 TB scanned, three hours of warehouse a day, 2 authors and 20 readers.",
			items: estimate(prod, large),
		},
		{
			name: "reference design",
			assumed:
				"The reference design, created manually in the console with its own sizes, left running, and used like dev.",
			items: referenceEstimate(small),
		},
	];
}
