import * as pulumi from "@pulumi/pulumi";
import { Ec2Database } from "./ec2Database.ts";
import { RdsDatabase } from "./rdsDatabase.ts";

export type SourceKind = "external" | "rds" | "ec2";

export interface SourceDatabaseArgs {
	kind: SourceKind;
	/** `external`: engine of the server, as DMS names it. */
	engine: "mysql" | "mariadb";
	/** `external`: where the server listens. */
	host?: string;
	port: number;
	/**
	 * Secret of username, password, host and port. `external`: of a user who may replicate. `rds`: of such a user, in the
	 * place of the administrator's.
	 */
	secretArn?: string;
	/** `external`: certificate authority of the server, PEM. */
	caCertificate?: string;
	/** `rds` and `ec2`: where the server stands. */
	subnetIds: pulumi.Input<string[]>;
	securityGroupId: pulumi.Input<string>;
	kmsKeyArn: pulumi.Input<string>;
	/** `rds`: such as `db.t4g.micro`; `ec2`: such as `t4g.small`. */
	instanceClass: string;
	storageGb: number;
	/** `rds`: a standby in another zone. */
	multiAz: boolean;
	disposable: boolean;
	logRetentionDays: number;
	binlogRetentionHours: number;
	/** `ec2`: SQL of the sample schemas, and the bucket by which it reaches the instance. */
	sampleSchemaFile: string;
	scriptsBucket: pulumi.Input<string>;
	scriptsBucketArn: pulumi.Input<string>;
	/** `ec2`: schemas that the replication user may read. */
	schemas: readonly string[];
}

/**
 * The source of replication, one of three kinds: `external`, a server that exists; `rds`, MySQL 8.4 on RDS; `ec2`, the
 * console guide's on-premises server, simulated. All three give the same outputs.
 *
 * Defaults: none; with `rds`, the administrator's secret where `secretArn` names no other.
 *
 * Danger: to change `kind` replaces the source, and with it all replicated data has to be loaded anew.
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
	readonly afterConnectScript?: string;
	/** Identifier of the RDS instance, where the source is one. */
	readonly rdsIdentifier?: string;
	/** Identifier of the EC2 instance, where the source is one. */
	readonly instanceId?: pulumi.Output<string>;

	constructor(name: string, args: SourceDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:sourceDatabase:SourceDatabase", name, {}, opts);
		const parent = { parent: this };
		this.kind = args.kind;
		switch (args.kind) {
			case "rds": {
				const database = new RdsDatabase(name, args, parent);
				this.engine = "mysql";
				this.rdsIdentifier = database.identifier;
				// RDS knows the hours of retention only by this procedure.
				// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mysql-stored-proc-configuring.html
				this.afterConnectScript = `call mysql.rds_set_configuration('binlog retention hours', ${args.binlogRetentionHours})`;
				({ host: this.host, port: this.port, caCertificate: this.caCertificate } = database);
				this.secretArn = args.secretArn === undefined ? database.secretArn : pulumi.output(args.secretArn);
				break;
			}
			case "ec2": {
				const database = new Ec2Database(name, { ...args, instanceType: args.instanceClass }, parent);
				this.engine = "mariadb";
				this.instanceId = database.instanceId;
				({ host: this.host, port: this.port, secretArn: this.secretArn, caCertificate: this.caCertificate } = database);
				break;
			}
			case "external": {
				const { host, secretArn, caCertificate } = args;
				if (host === undefined || secretArn === undefined || caCertificate === undefined) {
					throw new Error("an external source needs host, secretArn and caCertificate");
				}
				this.engine = args.engine;
				this.host = pulumi.output(host);
				this.port = pulumi.output(args.port);
				this.secretArn = pulumi.output(secretArn);
				this.caCertificate = pulumi.output(caCertificate);
			}
		}
		this.registerOutputs({ host: this.host, port: this.port, secretArn: this.secretArn });
	}

	/** How to reach the source, as arguments of those that read it. */
	access() {
		return {
			sourceEngine: this.engine,
			sourceHost: this.host,
			sourcePort: this.port,
			sourceSecretArn: this.secretArn,
			sourceCaCertificate: this.caCertificate,
		};
	}

	/** As the stack's outputs tell it. */
	described() {
		const { kind, engine, host, port, secretArn, caCertificate } = this;
		return { kind, engine, host, port, secretArn, caCertificate, instanceId: this.instanceId ?? null };
	}
}
