import { relative } from "node:path";
import * as pulumi from "@pulumi/pulumi";

/**
 * A file that is uploaded. Its path goes into the stack's state, so it is relative to the folder in which Pulumi starts
 * the program, and the same on every machine.
 */
export function fileAsset(file: string): pulumi.asset.FileAsset {
	return new pulumi.asset.FileAsset(relative(process.cwd(), file));
}
