import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { currentEnvironment } from "../shared/awsEnvironment.ts";
import { finalSnapshot } from "../shared/finalSnapshot.ts";
import { encryptedLogGroup } from "../shared/logGroup.ts";
import { rdsCertificateAuthority, rdsRootCertificate } from "./rdsCertificates.ts";
import { SourceSecret } from "./sourceSecret.ts";

export interface RdsDatabaseArgs {
	/** Private subnets, in two zones at least. */
	subnetIds: pulumi.Input<string[]>;
	/** Group of the database. */
	securityGroupId: pulumi.Input<string>;
	/** Key of the storage, the secret and the logs. */
	kmsKeyArn: pulumi.Input<string>;
	/** Database that RDS makes with the server; undefined makes none. */
	database: string | undefined;
	/** Such as `db.t4g.micro`. */
	instanceClass: pulumi.Input<string>;
	/** GiB at first; it grows by itself to four times as much, and to no more than RDS gives. */
	storageGb: number;
	/** A standby in another zone. */
	multiAz: pulumi.Input<boolean>;
	/** Whether the database is deleted with the stack. Otherwise it refuses to be deleted, and leaves a last snapshot. */
	disposable: boolean;
	/** Days for which the logs are kept. */
	logRetentionDays: pulumi.Input<number>;
}

const port = 3306;

/** GiB of gp3 that RDS gives a MySQL at most. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html */
const mostStorageGb = 65_536;

/** RDS takes a limit only where it is at least a tenth above the storage; without one the storage does not grow. */
function grownStorage(storageGb: number): { maxAllocatedStorage?: number } {
	const limit = Math.min(storageGb * 4, mostStorageGb);
	return limit < storageGb * 1.1 ? {} : { maxAllocatedStorage: limit };
}

/**
 * MySQL 8.4 on RDS, ready for change data capture: row binlogs with full images, TLS only, a generated password in
 * Secrets Manager. Hours of binlog retention are not a parameter of RDS but a stored procedure; DMS calls it when it
 * connects (see `Replication`).
 *
 * Defaults: none; every argument is given.
 *
 * Danger: `storageGb` cannot shrink; a change of `subnetIds` replaces the database.
 *
 * Cost: db.t4g.micro with 20 GB about $14 a month; db.m7g.large over two zones with 100 GB about $269.
 */
export class RdsDatabase extends pulumi.ComponentResource {
	readonly host: pulumi.Output<string>;
	readonly port: pulumi.Output<number>;
	readonly secretArn: pulumi.Output<string>;
	/** Certificate authority of the server, PEM. */
	readonly caCertificate: pulumi.Output<string>;
	/** Identifier, the dimension of its metrics. */
	readonly identifier: string;

	constructor(name: string, args: RdsDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:sourceDatabase:RdsDatabase", name, {}, opts);
		const { disposable, kmsKeyArn } = args;
		const username = "admin";
		this.identifier = name;
		const secret = new SourceSecret(`${name}-secret`, { username, kmsKeyArn, disposable }, { parent: this });
		const logs = ["error", "slowquery"].map((log) =>
			encryptedLogGroup(this, `${name}-${log}-log`, {
				name: `/aws/rds/instance/${name}/${log}`,
				kmsKeyArn,
				retentionDays: args.logRetentionDays,
			}),
		);
		const instance = new aws.rds.Instance(
			`${name}-instance`,
			{
				identifier: name,
				engine: "mysql",
				engineVersion: "8.4",
				instanceClass: args.instanceClass,
				storageType: "gp3",
				allocatedStorage: args.storageGb,
				...grownStorage(args.storageGb),
				storageEncrypted: true,
				kmsKeyId: kmsKeyArn,
				...(args.database === undefined ? {} : { dbName: args.database }),
				username,
				password: secret.password,
				port,
				dbSubnetGroupName: new aws.rds.SubnetGroup(`${name}-subnets`, { subnetIds: args.subnetIds }, { parent: this })
					.name,
				vpcSecurityGroupIds: [args.securityGroupId],
				publiclyAccessible: false,
				multiAz: args.multiAz,
				parameterGroupName: this.#parameters(name).name,
				caCertIdentifier: rdsCertificateAuthority,
				// Binlogs are written only while automated backups are on.
				backupRetentionPeriod: disposable ? 1 : 7,
				copyTagsToSnapshot: true,
				deletionProtection: !disposable,
				skipFinalSnapshot: disposable,
				...(disposable ? {} : { finalSnapshotIdentifier: finalSnapshot(this, name) }),
				applyImmediately: disposable,
				autoMinorVersionUpgrade: true,
				enabledCloudwatchLogsExports: ["error", "slowquery"],
			},
			// RDS makes the database with the server and no other later: another first schema must not replace the server.
			{ parent: this, protect: !disposable, dependsOn: logs, ignoreChanges: ["dbName"] },
		);
		this.host = instance.address;
		this.port = instance.port;
		this.secretArn = secret.locate(instance.address, instance.port);
		this.caCertificate = currentEnvironment(this).apply(({ region }) => rdsRootCertificate(region));
		this.registerOutputs({ host: this.host, port: this.port, secretArn: this.secretArn });
	}

	/** https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.MySQL.html */
	#parameters(name: string): aws.rds.ParameterGroup {
		return new aws.rds.ParameterGroup(
			`${name}-parameters`,
			{
				family: "mysql8.4",
				description: "Row binlogs with full images, TLS only",
				parameters: [
					{ name: "binlog_format", value: "ROW" },
					{ name: "binlog_row_image", value: "full" },
					{ name: "require_secure_transport", value: "1" },
				],
			},
			{ parent: this },
		);
	}
}
