import type { Alarm } from "./alarms.ts";

/** An alarm whose names are known. */
export type KnownAlarm = Omit<Alarm, "dimensions"> & { dimensions: Record<string, string> };

/**
 * Body of a CloudWatch dashboard: the state of all alarms, then a chart for each with its threshold.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export function metricsDashboard(alarms: readonly KnownAlarm[], alarmArns: readonly string[], region: string): string {
	const width = 8;
	const height = 6;
	const state = {
		type: "alarm",
		x: 0,
		y: 0,
		width: 24,
		height: 2,
		properties: { title: "Alarms", alarms: alarmArns },
	};
	const charts = alarms.map((alarm, index) => ({
		type: "metric",
		x: (index % 3) * width,
		y: 2 + Math.floor(index / 3) * height,
		width,
		height,
		properties: {
			title: alarm.name,
			region,
			view: "timeSeries",
			stat: alarm.statistic,
			period: 300,
			metrics: [[alarm.namespace, alarm.metricName, ...Object.entries(alarm.dimensions).flat()]],
			annotations: { horizontal: [{ label: "alarm", value: alarm.threshold }] },
		},
	}));
	return JSON.stringify({ widgets: [state, ...charts] });
}
