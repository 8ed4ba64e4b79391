import { PolicyPack } from "@pulumi/policy";
import { deploymentContext } from "./deployment.ts";
import { policies } from "./pack.ts";

/** What Pulumi loads: it asks this process about every resource, and at the end about the stack. */
new PolicyPack("analytics-pipeline", { enforcementLevel: "mandatory", policies: policies(deploymentContext) });
