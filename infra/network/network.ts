import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { currentEnvironment } from "../shared/awsEnvironment.ts";
import { s3EndpointPolicy } from "./endpointPolicy.ts";
import { type EndpointService, endpointService, existingZones, placedZones } from "./endpointServices.ts";
import { FlowLogs } from "./flowLogs.ts";
import { divideRange } from "./subnets.ts";

export interface NetworkArgs {
	/** Address range of a new VPC, /16 to /24. Not used with an existing VPC. */
	cidr: string;
	/** An existing VPC. It must resolve DNS names, and have no S3 or interface endpoints of the services below yet. */
	existing?: ExistingVpc | undefined;
	/** In how many of the three zones interface endpoints stand. With one, traffic from the others crosses zones. */
	endpointZones: number;
	/** Services behind interface endpoints, besides those that DMS and Glue need. */
	extraEndpoints?: readonly string[];
	/** Address range of a database outside the VPC's security groups. */
	externalSourceCidr?: pulumi.Input<string> | undefined;
	/** Port of the source database. */
	sourcePort: pulumi.Input<number>;
	/** New VPC: the buckets that can be reached from it. */
	bucketArns: pulumi.Input<string>[];
	/** Whether the source is a server of ours in the VPC, which calls AWS and installs packages of Amazon Linux. */
	sourceIsServer: boolean;
	/** New VPC: key of its flow log. */
	kmsKeyArn: pulumi.Input<string>;
	/** New VPC: days for which its flow log is kept. */
	logRetentionDays: pulumi.Input<number>;
}

export interface ExistingVpc {
	vpcId: pulumi.Input<string>;
	/** Three private subnets, in three zones. */
	subnetIds: pulumi.Input<string>[];
	/** Route tables of those subnets: the S3 gateway endpoint goes into them. */
	routeTableIds: pulumi.Input<string>[];
}

/** Zones, hence subnets: Redshift Serverless needs three. */
const zones = 3;

/**
 * What private DMS and Glue call without an internet gateway: credentials, catalog, logs and metrics.
 * https://docs.aws.amazon.com/dms/latest/userguide/CHAP_VPC_Endpoints.html
 */
const endpointServices = ["glue", "logs", "monitoring", "secretsmanager", "sts"];

/**
 * Private network over three zones, with no way to the internet: subnets, a gateway endpoint for S3, interface endpoints
 * for what DMS and Glue call, and security groups that admit each other by reference. S3's endpoint leads to the buckets of
 * the stack only (`endpointPolicy.ts`), and a flow log has what was refused. An existing VPC gets neither: others may use
 * its routes, and its flow log is its owner's.
 *
 * Interface endpoints keep AWS's own policy, which bounds nothing: DMS and Glue call through them also as identities that
 * AWS does not document. What a role may do there, its policy says.
 *
 * Defaults: without `existing` a new VPC, without `extraEndpoints` those that DMS and Glue need, without
 * `externalSourceCidr` nothing leaves but to the endpoints.
 *
 * The zones are those in which every one of these services is to be had; a region with fewer than three is refused.
 *
 * Danger: `cidr` and `existing` are for ever. A database and a replication instance cannot move to another VPC, so that a
 * change is refused half-way: make a new stack.
 *
 * Cost: $7.30 a month for each interface endpoint and zone, that is $36.50 in one zone and $109.50 in three; the S3
 * gateway endpoint is free.
 */
export class Network extends pulumi.ComponentResource {
	readonly vpcId: pulumi.Output<string>;
	/** Known once the endpoints exist: what starts in these subnets before them fails to read its secret. */
	readonly subnetIds: pulumi.Output<string[]>;
	readonly availabilityZone: pulumi.Output<string>;
	readonly databaseSecurityGroupId: pulumi.Output<string>;
	readonly replicationSecurityGroupId: pulumi.Output<string>;
	readonly jobsSecurityGroupId: pulumi.Output<string>;
	readonly warehouseSecurityGroupId: pulumi.Output<string>;
	readonly dashboardsSecurityGroupId: pulumi.Output<string>;

	constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
		super("analytics:network:Network", name, {}, opts);
		const services = [...endpointServices, ...(args.extraEndpoints ?? [])].map(
			(service) => [service, endpointService(this, service)] as const,
		);
		const { vpcId, subnetIds, routeTableIds } =
			args.existing === undefined
				? this.#newVpc(
						name,
						args,
						services.map(([, service]) => service),
					)
				: checked(args.existing);
		this.vpcId = pulumi.output(vpcId);
		const placed =
			args.existing === undefined ? pulumi.output(subnetIds) : this.#existing(args.existing, args, services);
		this.availabilityZone = aws.ec2.getSubnetOutput(
			{ id: placed.apply((ids) => ids[0] ?? "") },
			{ parent: this },
		).availabilityZone;

		const s3 = this.#s3Endpoint(name, args, routeTableIds);
		const endpointGroup = this.#group(name, "endpoints", "Interface endpoints");
		const database = this.#group(name, "database", "Source database");
		const replication = this.#group(name, "replication", "DMS replication instance");
		const jobs = this.#group(name, "jobs", "Glue jobs");
		const warehouse = this.#group(name, "warehouse", "Redshift");
		const dashboards = this.#group(name, "dashboards", "QuickSight VPC connection");
		const endpoints = this.#interfaceEndpoints(name, args, services, placed, endpointGroup);

		const clients = { replication, jobs, ...(args.sourceIsServer ? { database } : {}) };
		for (const [client, group] of Object.entries(clients)) {
			this.#allow(`${name}-${client}-to-endpoints`, group, endpointGroup, 443);
			this.#egress(`${name}-${client}-to-s3`, group, { prefixListId: s3.prefixListId, port: 443 });
		}
		this.#allow(`${name}-replication-to-database`, replication, database, args.sourcePort);
		this.#allow(`${name}-jobs-to-database`, jobs, database, args.sourcePort);
		if (args.externalSourceCidr !== undefined) {
			const external = { cidrIpv4: args.externalSourceCidr, port: args.sourcePort };
			this.#egress(`${name}-replication-to-source`, replication, external);
			this.#egress(`${name}-jobs-to-source`, jobs, external);
		}
		// Glue's driver and executors talk to each other on any port.
		// https://docs.aws.amazon.com/glue/latest/dg/setup-vpc-for-glue-access.html
		this.#allow(`${name}-jobs-to-jobs`, jobs, jobs);
		this.#allow(`${name}-dashboards-to-warehouse`, dashboards, warehouse, 5439);
		// QuickSight's group is not stateful: it needs a rule of its own for the way back.
		// https://docs.aws.amazon.com/quicksight/latest/user/vpc-security-groups.html
		this.#ingress(`${name}-warehouse-answers-dashboards`, dashboards, warehouse);

		this.subnetIds = pulumi
			.all([placed, pulumi.all([s3, ...endpoints].map((endpoint) => endpoint.id))])
			.apply(([ids]) => ids);
		this.databaseSecurityGroupId = database.id;
		this.replicationSecurityGroupId = replication.id;
		this.jobsSecurityGroupId = jobs.id;
		this.warehouseSecurityGroupId = warehouse.id;
		this.dashboardsSecurityGroupId = dashboards.id;
		this.registerOutputs({ vpcId: this.vpcId, subnetIds: this.subnetIds });
	}

	/** The subnets, once their zones are known to do. */
	#existing(
		{ subnetIds }: ExistingVpc,
		{ endpointZones }: NetworkArgs,
		services: readonly (readonly [string, pulumi.Output<EndpointService>])[],
	): pulumi.Output<string[]> {
		const known = services.map(([, service]) => service);
		return pulumi
			.all([pulumi.all(subnetIds), existingZones(this, subnetIds, known, endpointZones)])
			.apply(([ids]) => ids);
	}

	#newVpc(name: string, args: NetworkArgs, services: readonly pulumi.Output<EndpointService>[]): ExistingVpc {
		const parent = { parent: this };
		const vpc = new aws.ec2.Vpc(
			`${name}-vpc`,
			{ cidrBlock: args.cidr, enableDnsHostnames: true, enableDnsSupport: true, tags: { Name: name } },
			parent,
		);
		const { kmsKeyArn, logRetentionDays } = args;
		new FlowLogs(`${name}-flow`, { vpcId: vpc.id, kmsKeyArn, logRetentionDays }, parent);
		// The group that comes with a VPC admits its own members; without rules it admits nobody.
		new aws.ec2.DefaultSecurityGroup(`${name}-default-group`, { vpcId: vpc.id, ingress: [], egress: [] }, parent);
		const routes = new aws.ec2.RouteTable(`${name}-routes`, { vpcId: vpc.id, tags: { Name: name } }, parent);
		const placed = placedZones(this, services, zones);
		const subnets = divideRange(args.cidr, zones).map((cidrBlock, index) => {
			const subnet = new aws.ec2.Subnet(
				`${name}-subnet-${index + 1}`,
				{
					vpcId: vpc.id,
					cidrBlock,
					availabilityZone: placed.apply((names) => names[index] ?? ""),
					mapPublicIpOnLaunch: false,
					tags: { Name: `${name}-${index + 1}` },
				},
				// A zone that AWS adds later must not move the subnets.
				{ ...parent, ignoreChanges: ["availabilityZone"] },
			);
			new aws.ec2.RouteTableAssociation(
				`${name}-subnet-${index + 1}-routes`,
				{ subnetId: subnet.id, routeTableId: routes.id },
				parent,
			);
			return subnet;
		});
		return { vpcId: vpc.id, subnetIds: subnets.map((subnet) => subnet.id), routeTableIds: [routes.id] };
	}

	#s3Endpoint(name: string, args: NetworkArgs, routeTableIds: pulumi.Input<string>[]): aws.ec2.VpcEndpoint {
		const policy = pulumi
			.all([currentEnvironment(this), pulumi.all(args.bucketArns)])
			.apply(([environment, bucketArns]) =>
				s3EndpointPolicy({ environment, bucketArns, packages: args.sourceIsServer }),
			);
		return new aws.ec2.VpcEndpoint(
			`${name}-s3`,
			{
				vpcId: this.vpcId,
				vpcEndpointType: "Gateway",
				serviceName: currentEnvironment(this).apply(({ region }) => `com.amazonaws.${region}.s3`),
				routeTableIds,
				...(args.existing === undefined ? { policy } : {}),
				tags: { Name: `${name}-s3` },
			},
			{ parent: this },
		);
	}

	#interfaceEndpoints(
		name: string,
		args: NetworkArgs,
		services: readonly (readonly [string, pulumi.Output<EndpointService>])[],
		subnets: pulumi.Output<string[]>,
		group: aws.ec2.SecurityGroup,
	): aws.ec2.VpcEndpoint[] {
		const subnetIds = subnets.apply((ids) => ids.slice(0, args.endpointZones));
		return services.map(
			([service, { name: serviceName }]) =>
				new aws.ec2.VpcEndpoint(
					`${name}-${service}`,
					{
						vpcId: this.vpcId,
						vpcEndpointType: "Interface",
						serviceName,
						subnetIds,
						securityGroupIds: [group.id],
						privateDnsEnabled: true,
						tags: { Name: `${name}-${service}` },
					},
					{ parent: this },
				),
		);
	}

	#group(name: string, part: string, description: string): aws.ec2.SecurityGroup {
		return new aws.ec2.SecurityGroup(
			`${name}-${part}`,
			{ vpcId: this.vpcId, description, tags: { Name: `${name}-${part}` } },
			{ parent: this },
		);
	}

	/** Connections from one group to another: a rule at each end, on one TCP port or on all. */
	#allow(name: string, from: aws.ec2.SecurityGroup, to: aws.ec2.SecurityGroup, port?: pulumi.Input<number>): void {
		this.#egress(name, from, { referencedSecurityGroupId: to.id, ...(port === undefined ? {} : { port }) });
		this.#ingress(name, to, from, port);
	}

	#ingress(name: string, group: aws.ec2.SecurityGroup, from: aws.ec2.SecurityGroup, port?: pulumi.Input<number>): void {
		new aws.vpc.SecurityGroupIngressRule(
			`${name}-in`,
			{ securityGroupId: group.id, referencedSecurityGroupId: from.id, ...ports(port), description: name },
			{ parent: this },
		);
	}

	#egress(name: string, group: aws.ec2.SecurityGroup, { port, ...to }: Destination): void {
		new aws.vpc.SecurityGroupEgressRule(
			`${name}-out`,
			{ securityGroupId: group.id, ...to, ...ports(port), description: name },
			{ parent: this },
		);
	}
}

interface Destination {
	referencedSecurityGroupId?: pulumi.Input<string>;
	prefixListId?: pulumi.Input<string>;
	cidrIpv4?: pulumi.Input<string>;
	port?: pulumi.Input<number>;
}

function checked(existing: ExistingVpc): ExistingVpc {
	if (existing.subnetIds.length !== zones || existing.routeTableIds.length === 0) {
		throw new Error(`an existing VPC needs vpcId, ${zones} subnetIds in ${zones} zones, and their routeTableIds`);
	}
	return existing;
}

function ports(port: pulumi.Input<number> | undefined): {
	ipProtocol: string;
	fromPort: pulumi.Input<number>;
	toPort: pulumi.Input<number>;
} {
	return port === undefined
		? { ipProtocol: "tcp", fromPort: 0, toPort: 65535 }
		: { ipProtocol: "tcp", fromPort: port, toPort: port };
}
