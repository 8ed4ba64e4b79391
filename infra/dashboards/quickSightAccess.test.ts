import { describe, expect, it } from "vitest";
import { permissions } from "./quickSightAccess.ts";

describe("dashboards", () => {
	it("belong to each owner", () => {
		expect(permissions("dashboard", ["arn:a", "arn:b"]).map(({ principal }) => principal)).toEqual(["arn:a", "arn:b"]);
	});

	// The sets that QuickSight knows as an owner's; it takes no other.
	it.each([
		[
			"dataSource",
			"DeleteDataSource DescribeDataSource DescribeDataSourcePermissions PassDataSource UpdateDataSource " +
				"UpdateDataSourcePermissions",
		],
		[
			"dataSet",
			"CancelIngestion CreateIngestion DeleteDataSet DescribeDataSet DescribeDataSetPermissions DescribeIngestion " +
				"ListIngestions PassDataSet UpdateDataSet UpdateDataSetPermissions",
		],
		[
			"analysis",
			"DeleteAnalysis DescribeAnalysis DescribeAnalysisPermissions QueryAnalysis RestoreAnalysis UpdateAnalysis " +
				"UpdateAnalysisPermissions",
		],
		[
			"dashboard",
			"DeleteDashboard DescribeDashboard DescribeDashboardPermissions ListDashboardVersions QueryDashboard " +
				"UpdateDashboard UpdateDashboardPermissions UpdateDashboardPublishedVersion",
		],
	] as const)("give an owner of a %s the whole set of an owner's actions", (part, actions) => {
		expect(permissions(part, ["arn:a"])[0]?.actions.toSorted()).toEqual(
			actions.split(" ").map((action) => `quicksight:${action}`),
		);
	});
});
