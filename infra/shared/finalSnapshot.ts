import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/** A name that is new with each stack made: the snapshot outlives the stack, and two of one name cannot be. */
export function finalSnapshot(parent: pulumi.Resource, name: string): pulumi.Output<string> {
	const options = { length: 8, special: false, upper: false };
	const suffix = new random.RandomString(`${name}-final-snapshot`, options, { parent });
	return pulumi.interpolate`${name}-final-${suffix.result}`;
}
