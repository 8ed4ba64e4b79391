import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { lake } from "../../etl/contract/contract.ts";
import { allow, policyDocument } from "../shared/policyDocument.ts";
import { type ServiceRole, serviceRole } from "../shared/serviceRole.ts";
import { coveringPrefixes, encryptAndDecrypt, listBuckets, readObjects, writeObjects } from "../storage/lakeAccess.ts";

export interface LakeFormationArgs {
	/** Folders of the processed zone that hold tables. */
	tableFolders: readonly string[];
	hasClicks: boolean;
	/** ARN of the raw zone, where the clicks are. */
	rawBucketArn: pulumi.Input<string>;
	/** ARN of the processed zone, where all other tables are. */
	processedBucketArn: pulumi.Input<string>;
	/** Key of the lake. */
	kmsKeyArn: pulumi.Input<string>;
	/** Catalog database that the grants are about. */
	database: pulumi.Input<string>;
	/** ARNs of the roles that make and change tables, by a name for each. */
	writers: Record<string, pulumi.Input<string>>;
	/** ARNs of the roles that read tables. */
	readers: Record<string, pulumi.Input<string>>;
}

/**
 * Rights of the pipeline's roles in Lake Formation, for an account whose catalog is governed by it. The prefixes that hold
 * tables are registered, and not in hybrid mode: whoever reads a table needs a grant. They are registered with a role of
 * ours, since Lake Formation's own has no right on the lake's key, and each role that uses tables may get the data.
 * https://docs.aws.amazon.com/lake-formation/latest/dg/registration-role.html
 * https://docs.aws.amazon.com/lake-formation/latest/dg/register-encrypted.html
 *
 * Defaults: none; every argument is given.
 *
 * Danger: the one who deploys has to be a Lake Formation administrator, and may pass roles. Others get nothing here: a
 * person who queries Athena needs `lakeformation:GetDataAccess`, and grants on the database and its tables. While the
 * account still gives `IAMAllowedPrincipals` all rights on new databases and tables, grants restrict nobody.
 *
 * Cost: none.
 */
export class LakeFormation extends pulumi.ComponentResource {
	constructor(name: string, args: LakeFormationArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:catalog:LakeFormation", name, {}, opts);
		const role = this.#role(name, args);
		const locations = [
			...(args.hasClicks ? this.#locations(`${name}-raw`, args.rawBucketArn, [lake.clickstream], role) : []),
			...this.#locations(`${name}-processed`, args.processedBucketArn, processedPrefixes(args), role),
		];
		for (const [writer, principal] of Object.entries(args.writers)) {
			this.#grant(`${name}-${writer}`, principal, args.database, ["CREATE_TABLE", "DESCRIBE"], everything);
			for (const [location, arn] of locations) {
				new aws.lakeformation.Permissions(
					`${location}-${writer}`,
					{ principal, permissions: ["DATA_LOCATION_ACCESS"], dataLocation: { arn } },
					granted(this),
				);
			}
		}
		for (const [reader, principal] of Object.entries(args.readers)) {
			this.#grant(`${name}-${reader}`, principal, args.database, ["DESCRIBE"], ["DESCRIBE", "SELECT"]);
		}
		this.registerOutputs();
	}

	/** Nobody but replication and clickstream writes the raw zone, so Lake Formation hands out no right to either. */
	#role(name: string, args: LakeFormationArgs): ServiceRole {
		return serviceRole(this, `${name}-role`, {
			service: "lake-formation",
			description: "Lake Formation grants access to tables",
			statements: pulumi
				.all([args.rawBucketArn, args.processedBucketArn, args.kmsKeyArn])
				.apply(([raw, processed, keyArn]) => [
					listBuckets("ListLake", [...(args.hasClicks ? [raw] : []), processed]),
					...(args.hasClicks ? [readObjects("ReadClicks", [{ bucketArn: raw, prefixes: [lake.clickstream] }])] : []),
					writeObjects("WriteTables", [{ bucketArn: processed, prefixes: processedPrefixes(args) }]),
					encryptAndDecrypt(keyArn),
				]),
		});
	}

	/**
	 * Registers prefixes of a bucket, each with its name and ARN. The whole bucket must not be: Athena's results lie in it.
	 * https://docs.aws.amazon.com/athena/latest/ug/security-athena-lake-formation.html
	 */
	#locations(
		name: string,
		bucketArn: pulumi.Input<string>,
		prefixes: readonly string[],
		role: ServiceRole,
	): [string, pulumi.Output<string>][] {
		return prefixes.map((prefix) => {
			const location = `${name}-${prefix}`;
			const registered = new aws.lakeformation.Resource(
				location,
				{
					arn: pulumi.interpolate`${bucketArn}/${prefix}`,
					roleArn: role.arn,
					hybridAccessEnabled: false,
				},
				{ parent: this, dependsOn: [role.policy], deleteBeforeReplace: true },
			);
			return [location, registered.arn];
		});
	}

	/** Grants, and the right without which an engine gets no data for the role, whatever is granted. */
	#grant(
		name: string,
		principal: pulumi.Input<string>,
		database: pulumi.Input<string>,
		onDatabase: string[],
		onTables: string[],
	): void {
		new aws.iam.RolePolicy(
			`${name}-data-access`,
			{
				role: pulumi.output(principal).apply((arn) => arn.split("/").at(-1) ?? arn),
				// The action knows no resources.
				policy: policyDocument([allow("GetDataAccess", ["lakeformation:GetDataAccess"], ["*"])]),
			},
			{ parent: this },
		);
		new aws.lakeformation.Permissions(
			`${name}-database`,
			{ principal, permissions: onDatabase, database: { name: database } },
			granted(this),
		);
		new aws.lakeformation.Permissions(
			`${name}-tables`,
			{ principal, permissions: onTables, table: { databaseName: database, wildcard: true } },
			granted(this),
		);
	}
}

/** What `ALL` stands for, in the order in which AWS lists it: otherwise each update would show a change. */
const everything = ["ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"];

/** A grant that changes is made again; made before the old one goes, it would lose what both of them have. */
const granted = (parent: pulumi.Resource): pulumi.CustomResourceOptions => ({ parent, deleteBeforeReplace: true });

function processedPrefixes({ tableFolders }: LakeFormationArgs): string[] {
	return coveringPrefixes(tableFolders);
}
