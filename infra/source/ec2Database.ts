import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { fileAsset } from "../shared/fileAsset.ts";
import { currentPlace } from "../shared/place.ts";
import { allow } from "../shared/policyDocument.ts";
import { type ServiceRole, serviceRole } from "../shared/serviceRole.ts";
import { decrypt } from "../storage/lakeAccess.ts";
import { SourceSecret } from "./sourceSecret.ts";
import { databaseUserData } from "./userData.ts";

export interface Ec2DatabaseArgs {
	subnetIds: pulumi.Input<string[]>;
	securityGroupId: pulumi.Input<string>;
	kmsKeyArn: pulumi.Input<string>;
	/** A type with an Arm processor, such as `t4g.small`. */
	instanceType: pulumi.Input<string>;
	/** GiB of the one volume. */
	storageGb: pulumi.Input<number>;
	/** SQL of the sample schemas, a path on the machine that runs the program. */
	sampleSchemaFile: string;
	scriptsBucket: pulumi.Input<string>;
	scriptsBucketArn: pulumi.Input<string>;
	/** Schemas that the replication user may read. */
	schemas: readonly string[];
	binlogRetentionHours: number;
	/** Whether secrets go at once with the stack. */
	disposable: boolean;
}

const port = 3306;
const years = (count: number): number => count * 365 * 24;

/**
 * The console guide's on-premises database, simulated: one private instance with the sample schemas, reached by Session
 * Manager (`aws ssm start-session --target <instance>`). No SSH, no key pair, no public address. The server is MariaDB, as
 * no MySQL can be installed without the internet (see `userData.ts`); `RdsDatabase` has MySQL.
 *
 * Defaults: none; every argument is given.
 *
 * Danger: its data is on one volume that goes with the instance. For demonstration only.
 *
 * Cost: t4g.small with 20 GB and metrics of every minute about $16 a month, and $15 for Session Manager's two endpoints
 * in one zone.
 */
export class Ec2Database extends pulumi.ComponentResource {
	readonly host: pulumi.Output<string>;
	readonly port = pulumi.output(port);
	readonly secretArn: pulumi.Output<string>;
	/** Certificate authority of the server, PEM. */
	readonly caCertificate: pulumi.Output<string>;
	readonly instanceId: pulumi.Output<string>;

	constructor(name: string, args: Ec2DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:sourceDatabase:Ec2Database", name, {}, opts);
		const secret = new SourceSecret(
			`${name}-secret`,
			{ username: "replication", kmsKeyArn: args.kmsKeyArn, disposable: args.disposable },
			{ parent: this },
		);
		const certificates = this.#certificates(name, args);
		const schema = new aws.s3.BucketObject(
			`${name}-sample-schema`,
			{
				bucket: args.scriptsBucket,
				key: `${name}/sample-schema.sql`,
				source: fileAsset(args.sampleSchemaFile),
			},
			{ parent: this },
		);
		// The address is taken first, so that the secret is whole before the server reads it.
		const address = new aws.ec2.NetworkInterface(
			`${name}-address`,
			{
				subnetId: pulumi.output(args.subnetIds).apply((ids) => ids[0] ?? ""),
				securityGroups: [args.securityGroupId],
				description: name,
			},
			{ parent: this },
		);
		this.secretArn = secret.locate(address.privateIp, port);
		const role = this.#role(name, args, certificates.secretArn);
		const instance = new aws.ec2.Instance(
			`${name}-instance`,
			{
				ami: aws.ssm.getParameterOutput(
					{ name: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64" },
					{ parent: this },
				).value,
				instanceType: args.instanceType,
				primaryNetworkInterface: { networkInterfaceId: address.id },
				iamInstanceProfile: new aws.iam.InstanceProfile(`${name}-profile`, { role: role.name }, { parent: this }).name,
				metadataOptions: { httpTokens: "required", httpEndpoint: "enabled" },
				rootBlockDevice: {
					encrypted: true,
					kmsKeyId: args.kmsKeyArn,
					volumeType: "gp3",
					volumeSize: args.storageGb,
				},
				monitoring: true,
				userData: pulumi
					.all([currentPlace(this), this.secretArn, certificates.secretArn, schema.bucket, schema.key])
					.apply(([{ region }, secretArn, tlsSecretArn, bucket, key]) =>
						databaseUserData({
							region,
							secretArn,
							tlsSecretArn,
							sampleSchemaUri: `s3://${bucket}/${key}`,
							binlogRetentionHours: args.binlogRetentionHours,
							schemas: args.schemas,
						}),
					),
				tags: { Name: name },
			},
			// A newer image or script is no reason to replace a database: both act on the first start only.
			{ parent: this, dependsOn: [role.policy], ignoreChanges: ["ami", "userData"] },
		);
		this.host = address.privateIp;
		this.caCertificate = certificates.authority;
		this.instanceId = instance.id;
		this.registerOutputs({ host: this.host, secretArn: this.secretArn, instanceId: this.instanceId });
	}

	/** An authority and a server certificate of ours: DMS verifies the server by the authority. */
	#certificates(
		name: string,
		args: Ec2DatabaseArgs,
	): { authority: pulumi.Output<string>; secretArn: pulumi.Output<string> } {
		const parent = { parent: this };
		// RSA: the TLS library of the MySQL client that DMS uses is known to take it.
		const key = (part: string): tls.PrivateKey =>
			new tls.PrivateKey(`${name}-${part}-key`, { algorithm: "RSA", rsaBits: 3072 }, parent);
		const authorityKey = key("authority");
		const authority = new tls.SelfSignedCert(
			`${name}-authority`,
			{
				privateKeyPem: authorityKey.privateKeyPem,
				isCaCertificate: true,
				subject: { commonName: `${name} authority` },
				validityPeriodHours: years(10),
				allowedUses: ["cert_signing", "crl_signing"],
			},
			parent,
		);
		const serverKey = key("server");
		const request = new tls.CertRequest(
			`${name}-server-request`,
			{ privateKeyPem: serverKey.privateKeyPem, subject: { commonName: name } },
			parent,
		);
		const server = new tls.LocallySignedCert(
			`${name}-server`,
			{
				certRequestPem: request.certRequestPem,
				caPrivateKeyPem: authorityKey.privateKeyPem,
				caCertPem: authority.certPem,
				validityPeriodHours: years(10),
				allowedUses: ["digital_signature", "key_encipherment", "server_auth"],
			},
			parent,
		);
		const secret = new aws.secretsmanager.Secret(
			`${name}-tls`,
			{
				description: "Source database: key, certificate and authority of the server",
				kmsKeyId: args.kmsKeyArn,
				recoveryWindowInDays: args.disposable ? 0 : 30,
			},
			parent,
		);
		const version = new aws.secretsmanager.SecretVersion(
			`${name}-tls-value`,
			{
				secretId: secret.id,
				secretString: pulumi.secret(
					pulumi.jsonStringify({
						"ca.pem": authority.certPem,
						"server.pem": server.certPem,
						"server-key.pem": serverKey.privateKeyPem,
					}),
				),
			},
			parent,
		);
		return { authority: authority.certPem, secretArn: version.arn };
	}

	/** The instance reads its two secrets and the sample schemas, and talks to Session Manager. */
	#role(name: string, args: Ec2DatabaseArgs, tlsSecretArn: pulumi.Output<string>): ServiceRole {
		return serviceRole(this, `${name}-role`, {
			service: "ec2",
			description: "Simulated on-premises database",
			statements: pulumi
				.all([this.secretArn, tlsSecretArn, args.scriptsBucketArn, args.kmsKeyArn])
				.apply(([secretArn, tlsArn, bucketArn, keyArn]) => [
					allow("ReadSecrets", ["secretsmanager:GetSecretValue"], [secretArn, tlsArn]),
					allow("ReadSampleSchema", ["s3:GetObject"], [`${bucketArn}/${name}/sample-schema.sql`]),
					decrypt(keyArn),
					// Session Manager's own actions know no resources.
					// https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
					allow(
						"SessionManager",
						[
							"ssm:UpdateInstanceInformation",
							"ssmmessages:CreateControlChannel",
							"ssmmessages:CreateDataChannel",
							"ssmmessages:OpenControlChannel",
							"ssmmessages:OpenDataChannel",
						],
						["*"],
					),
				]),
		});
	}
}
