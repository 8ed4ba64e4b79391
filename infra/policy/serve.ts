import { PolicyPack } from "@pulumi/policy";
import { deploymentContext } from "./deployment.ts";
import { policies } from "./pack.ts";

/** What Pulumi loads: it sends this process every resource, and at the end the stack. */
new PolicyPack("analytics-pipeline", { enforcementLevel: "mandatory", policies: policies(deploymentContext) });
