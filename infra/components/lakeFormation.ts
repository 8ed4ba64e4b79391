import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface LakeFormationArgs {
	/** Buckets to register. */
	bucketArns: Record<string, pulumi.Input<string>>;
	database: pulumi.Input<string>;
	/** Roles that make and change tables, by a name for each. */
	writers: Record<string, pulumi.Input<string>>;
	/** Roles that read tables. */
	readers: Record<string, pulumi.Input<string>>;
}

/**
 * Rights of the pipeline's roles in Lake Formation, for an account whose catalog is governed by it. The buckets are
 * registered in hybrid mode: whoever has not opted in goes on by IAM alone.
 * https://docs.aws.amazon.com/lake-formation/latest/dg/hybrid-access-mode.html
 *
 * Danger: the one who deploys has to be a Lake Formation administrator.
 *
 * Cost: none.
 */
export class LakeFormation extends pulumi.ComponentResource {
	constructor(name: string, args: LakeFormationArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:catalog:LakeFormation", name, {}, opts);
		const locations = Object.entries(args.bucketArns).map(
			([key, arn]) =>
				[
					key,
					new aws.lakeformation.Resource(
						`${name}-${key}`,
						{ arn, useServiceLinkedRole: true, hybridAccessEnabled: true },
						{ parent: this },
					),
				] as const,
		);
		for (const [writer, principal] of Object.entries(args.writers)) {
			this.#grant(`${name}-${writer}`, principal, args.database, ["CREATE_TABLE", "DESCRIBE"], ["ALL"]);
			for (const [key, location] of locations) {
				new aws.lakeformation.Permissions(
					`${name}-${writer}-${key}`,
					{ principal, permissions: ["DATA_LOCATION_ACCESS"], dataLocation: { arn: location.arn } },
					{ parent: this },
				);
			}
		}
		for (const [reader, principal] of Object.entries(args.readers)) {
			this.#grant(`${name}-${reader}`, principal, args.database, ["DESCRIBE"], ["SELECT", "DESCRIBE"]);
		}
		this.registerOutputs();
	}

	#grant(
		name: string,
		principal: pulumi.Input<string>,
		database: pulumi.Input<string>,
		onDatabase: string[],
		onTables: string[],
	): void {
		new aws.lakeformation.Permissions(
			`${name}-database`,
			{ principal, permissions: onDatabase, database: { name: database } },
			{ parent: this },
		);
		new aws.lakeformation.Permissions(
			`${name}-tables`,
			{ principal, permissions: onTables, table: { databaseName: database, wildcard: true } },
			{ parent: this },
		);
	}
}
