import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { golden } from "./golden.ts";
import { runProgram } from "./program.ts";

it("has the inputs of components and of the cloud's own resources", async () => {
	const program = await runProgram(() => {
		const parent = new pulumi.ComponentResource("analytics:x:Part", "stack-part", { zone: 1, folder: "/srv/a" });
		new aws.sns.Topic("stack-part-topic", { name: "stack-part", displayName: "a" }, { parent });
	});
	expect(golden(program, "stack")).toBe(`# 2 resources; "~" stands for "stack-"

~part-topic aws:sns/topic:Topic
  in ~part
  displayName: a
  name: ~part

~part analytics:x:Part
  folder: /srv/a
  zone: 1
`);
});
