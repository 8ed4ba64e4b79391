import * as pulumi from "@pulumi/pulumi";
import { Ec2Database } from "./ec2Database.ts";
import { RdsDatabase } from "./rdsDatabase.ts";
import type { VerifyTable } from "./userData.ts";

export type SourceKind = "external" | "rds" | "ec2";

export interface SourceDatabaseArgs {
	/** Whether the source exists, or is made here, and as what. */
	kind: SourceKind;
	/** `external`: engine of the server, as DMS names it. */
	engine: "mysql" | "mariadb";
	/** `external`: where the server listens. */
	host?: string | undefined;
	/** Port of the server; of those that are made, 3306. */
	port: number;
	/**
	 * Secret of username, password, host and port. `external`: of a user who may replicate. `rds`: of such a user,
	 * instead of the administrator's.
	 */
	secretArn?: string | undefined;
	/** `external`: certificate authority of the server, PEM. */
	caCertificate?: string | undefined;
	/** `rds` and `ec2`: subnets of the server. */
	subnetIds: pulumi.Input<string[]>;
	/** `rds` and `ec2`: group of the server. */
	securityGroupId: pulumi.Input<string>;
	/** `rds` and `ec2`: key of the storage, the secrets and the logs. */
	kmsKeyArn: pulumi.Input<string>;
	/** `rds`: such as `db.t4g.micro`; `ec2`: such as `t4g.small`. */
	instanceClass: string;
	/** `rds` and `ec2`: GiB of storage. */
	storageGb: number;
	/** `rds`: a standby in another zone. */
	multiAz: boolean;
	/** `rds` and `ec2`: whether the data is deleted with the stack. */
	disposable: boolean;
	/** `rds`: days for which its logs are kept. */
	logRetentionDays: number;
	/** `rds` and `ec2`: hours for which binlogs are kept. */
	binlogRetentionHours: number;
	/** `ec2`: SQL of the sample schemas. */
	sampleSchemaFile: string | undefined;
	/** `ec2`: bucket by which that SQL reaches the instance. */
	scriptsBucket: pulumi.Input<string>;
	/** `ec2`: its ARN, for the instance's rights. */
	scriptsBucketArn: pulumi.Input<string>;
	/** `ec2`: schemas that the replication user may read. */
	schemas: readonly string[];
	/** `ec2`: table that `pipeline-cli verify-cdc` writes into. */
	verifyTable: VerifyTable | undefined;
}

/**
 * The source of replication, one of three kinds: `external`, a server that exists; `rds`, MySQL 8.4 on RDS; `ec2`, the
 * console walkthrough's on-premises server, simulated. All three give the same outputs.
 *
 * Defaults: none; with `rds`, the administrator's secret where `secretArn` names no other.
 *
 * Danger: to change `kind` replaces the source, and with it all replicated data has to be reloaded.
 *
 * Cost: see `RdsDatabase` and `Ec2Database`; `external` costs nothing here.
 */
export class SourceDatabase extends pulumi.ComponentResource {
	readonly kind: SourceKind;
	/** Engine, as DMS names it. */
	readonly engine: "mysql" | "mariadb";
	readonly host: pulumi.Output<string>;
	readonly port: pulumi.Output<number>;
	readonly secretArn: pulumi.Output<string>;
	/** Certificate authority of the server, PEM. */
	readonly caCertificate: pulumi.Output<string>;
	/** What DMS runs once it has connected, where the source needs it. */
	readonly afterConnectScript: string | undefined;
	/** Identifier of the RDS instance, where the source is one. */
	readonly rdsIdentifier: string | undefined;
	/** Identifier of the EC2 instance, where the source is one. */
	readonly instanceId: pulumi.Output<string> | undefined;

	constructor(name: string, args: SourceDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:sourceDatabase:SourceDatabase", name, {}, opts);
		this.kind = args.kind;
		const server = this.#server(name, args);
		({ engine: this.engine, host: this.host, port: this.port, secretArn: this.secretArn } = server);
		this.caCertificate = server.caCertificate;
		this.afterConnectScript = server.afterConnectScript;
		this.rdsIdentifier = server.rdsIdentifier;
		this.instanceId = server.instanceId;
		this.registerOutputs({ host: this.host, port: this.port, secretArn: this.secretArn });
	}

	/** As the stack's outputs have it. */
	toOutputs() {
		const { kind, engine, host, port, secretArn, caCertificate } = this;
		return { kind, engine, host, port, secretArn, caCertificate, instanceId: this.instanceId ?? null };
	}

	#server(name: string, args: SourceDatabaseArgs): Server {
		switch (args.kind) {
			case "rds":
				return this.#rds(name, args);
			case "ec2":
				return this.#ec2(name, args);
			case "external":
				return external(args);
		}
	}

	#rds(name: string, args: SourceDatabaseArgs): Server {
		const database = new RdsDatabase(
			name,
			{
				database: initialDatabase(args.schemas),
				instanceClass: args.instanceClass,
				storageGb: args.storageGb,
				multiAz: args.multiAz,
				subnetIds: args.subnetIds,
				securityGroupId: args.securityGroupId,
				kmsKeyArn: args.kmsKeyArn,
				disposable: args.disposable,
				logRetentionDays: args.logRetentionDays,
			},
			{ parent: this },
		);
		return {
			engine: "mysql",
			host: database.host,
			port: database.port,
			secretArn: args.secretArn === undefined ? database.secretArn : pulumi.output(args.secretArn),
			caCertificate: database.caCertificate,
			// RDS knows the hours of retention only by this procedure.
			// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mysql-stored-proc-configuring.html
			afterConnectScript: `call mysql.rds_set_configuration('binlog retention hours', ${args.binlogRetentionHours})`,
			rdsIdentifier: database.identifier,
			instanceId: undefined,
		};
	}

	#ec2(name: string, args: SourceDatabaseArgs): Server {
		const database = new Ec2Database(
			name,
			{
				instanceType: args.instanceClass,
				storageGb: args.storageGb,
				binlogRetentionHours: args.binlogRetentionHours,
				schemas: args.schemas,
				verifyTable: args.verifyTable,
				sampleSchemaFile: required(args.sampleSchemaFile),
				scriptsBucket: args.scriptsBucket,
				scriptsBucketArn: args.scriptsBucketArn,
				subnetIds: args.subnetIds,
				securityGroupId: args.securityGroupId,
				kmsKeyArn: args.kmsKeyArn,
				disposable: args.disposable,
			},
			{ parent: this },
		);
		return {
			engine: "mariadb",
			host: database.host,
			port: database.port,
			secretArn: database.secretArn,
			caCertificate: database.caCertificate,
			afterConnectScript: undefined,
			rdsIdentifier: undefined,
			instanceId: database.instanceId,
		};
	}
}

/** What is known of a server, however it came to be. */
type Server = Pick<
	SourceDatabase,
	"engine" | "host" | "port" | "secretArn" | "caCertificate" | "afterConnectScript" | "rdsIdentifier" | "instanceId"
>;

/** `deploy` refuses an `ec2` source without it. */
function required(file: string | undefined): string {
	if (file === undefined) throw new Error("an ec2 source needs the SQL of the sample schemas");
	return file;
}

/** The first schema whose name RDS takes for the database that it makes; the others are the user's to make. */
function initialDatabase(schemas: readonly string[]): string | undefined {
	return schemas.find((name) => /^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name));
}

function external({ engine, host, port, secretArn, caCertificate }: SourceDatabaseArgs): Server {
	if (host === undefined || secretArn === undefined || caCertificate === undefined) {
		throw new Error("an external source needs host, secretArn and caCertificate");
	}
	return {
		engine,
		host: pulumi.output(host),
		port: pulumi.output(port),
		secretArn: pulumi.output(secretArn),
		caCertificate: pulumi.output(caCertificate),
		afterConnectScript: undefined,
		rdsIdentifier: undefined,
		instanceId: undefined,
	};
}
