import { describe, expect, it } from "vitest";
import { runProgram } from "../testing/program.ts";
import { chosenZones, endpointService, lookUp, refuseZones } from "./endpointServices.ts";

describe("the zones of a network", () => {
	const everywhere = { name: "glue", zones: ["1a", "1b", "1c", "1d", "1e"] };

	it("are the first in which every service is to be had", () => {
		expect(chosenZones("r-1", ["1a", "1b", "1c", "1d"], [everywhere], 3)).toEqual(["1a", "1b", "1c"]);
		const notInB = { name: "sts", zones: ["1a", "1c", "1d"] };
		expect(chosenZones("r-1", ["1a", "1b", "1c", "1d"], [everywhere, notInB], 3)).toEqual(["1a", "1c", "1d"]);
	});

	it("are the region's where AWS says nothing of a service's zones, as in GovCloud", () => {
		expect(chosenZones("r-1", ["1a", "1b", "1c"], [{ name: "glue", zones: [] }], 3)).toEqual(["1a", "1b", "1c"]);
	});

	it("are refused where there are too few, with what each lacks and what to do", () => {
		expect(() => chosenZones("us-west-1", ["1a", "1b"], [everywhere], 3)).toThrow(
			"In the region us-west-1, this account can use every service in 2 zones, but the network needs 3. Deploy to another region",
		);
		const narrow = { name: "com.amazonaws.r-1.sts", zones: ["1a"] };
		expect(() => chosenZones("r-1", ["1a", "1b", "1c"], [everywhere, narrow], 3)).toThrow(
			"(1b lacks com.amazonaws.r-1.sts; 1c lacks com.amazonaws.r-1.sts)",
		);
	});
});

describe("subnets that exist", () => {
	const ids = ["subnet-1", "subnet-2", "subnet-3"];
	const narrow = { name: "sts", zones: ["1a", "1b"] };

	it("are taken in three zones with every service, as far as endpoints stand in them", () => {
		expect(() => refuseZones(ids, ["1a", "1b", "1c"], [{ name: "glue", zones: [] }], 3)).not.toThrow();
		expect(() => refuseZones(ids, ["1a", "1b", "1c"], [narrow], 2)).not.toThrow();
	});

	it("are refused where two share a zone, or where one lacks a service, each by its name", () => {
		expect(() => refuseZones(ids, ["1a", "1b", "1a"], [], 1)).toThrow("subnet-1 and subnet-3 are both in 1a.");
		expect(() => refuseZones(ids, ["1a", "1b", "1c"], [narrow], 3)).toThrow("subnet-3 is in 1c, which lacks sts.");
	});
});

describe("a service behind an endpoint", () => {
	it.each(["eu-west-1", "us-gov-west-1"])(
		"in %s is asked for by its name, which GovCloud finds no other way",
		(region) => {
			expect(lookUp(region, "sts")).toEqual({ serviceType: "Interface", serviceName: `com.amazonaws.${region}.sts` });
		},
	);

	it("in China is asked for by both names that it may have", () => {
		expect(lookUp("cn-north-1", "sts")).toEqual({
			serviceType: "Interface",
			filters: [{ name: "service-name", values: ["com.amazonaws.cn-north-1.sts", "cn.com.amazonaws.cn-north-1.sts"] }],
		});
	});

	it("has the name that AWS gives it in the region, which China begins with its own", async () => {
		const pulumi = await import("@pulumi/pulumi");
		const answers = {
			"aws:index/getPartition:getPartition": { partition: "aws-cn", dnsSuffix: "amazonaws.com.cn" },
			"aws:index/getRegion:getRegion": { region: "cn-north-1" },
			"aws:ec2/getVpcEndpointService:getVpcEndpointService": {
				serviceName: "cn.com.amazonaws.cn-north-1.sts",
				availabilityZones: ["cn-north-1a"],
			},
		};
		const { result } = await runProgram(
			() => endpointService(new pulumi.ComponentResource("analytics:x:Part", "part"), "sts"),
			{ answers },
		);
		expect(result).toEqual({ name: "cn.com.amazonaws.cn-north-1.sts", zones: ["cn-north-1a"] });
	});
});
