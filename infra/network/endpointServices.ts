import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { currentEnvironment } from "../shared/awsEnvironment.ts";
import { partitionOf } from "../shared/partition.ts";

/** A service of AWS behind an interface endpoint: its name in the region, and the zones in which it can stand. */
export interface EndpointService {
	name: string;
	/** Empty where AWS names none, as in GovCloud. */
	zones: readonly string[];
}

/** Looked up, since only AWS knows: some names begin with `cn.` in China, and a service may be absent from a zone. */
export function endpointService(parent: pulumi.Resource, service: string): pulumi.Output<EndpointService> {
	return currentEnvironment(parent)
		.apply(({ region }) => aws.ec2.getVpcEndpointServiceOutput(lookUp(region, service), { parent }))
		.apply(({ serviceName, availabilityZones }) => ({ name: serviceName, zones: availabilityZones ?? [] }));
}

/**
 * By its name, except in China, where it has one of two: GovCloud answers with the names of all services, whatever the
 * filters, and the provider finds the one that it was given. S3 and others have a gateway of the same name.
 * https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_endpoint_service_data_source.go
 */
export function lookUp(region: string, service: string): aws.ec2.GetVpcEndpointServiceArgs {
	const serviceName = `com.amazonaws.${region}.${service}`;
	return {
		serviceType: "Interface",
		...(partitionOf(region) === "aws-cn"
			? { filters: [{ name: "service-name", values: [serviceName, `cn.${serviceName}`] }] }
			: { serviceName }),
	};
}

/**
 * Zones in which AWS builds nothing more: each is open to old accounts only, under another letter in every one.
 * https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-known-issues.html
 */
const closedZones = ["apne1-az3", "cac1-az3", "use1-az3"];

/** The first zones of the region in which all of the services are to be had. */
export function placedZones(
	parent: pulumi.Resource,
	services: readonly pulumi.Output<EndpointService>[],
	count: number,
): pulumi.Output<string[]> {
	const available = aws.getAvailabilityZonesOutput(
		{
			state: "available",
			excludeZoneIds: closedZones,
			filters: [{ name: "zone-type", values: ["availability-zone"] }],
		},
		{ parent },
	);
	return pulumi
		.all([currentEnvironment(parent), available.names, pulumi.all([...services])])
		.apply(([{ region }, names, known]) => chosenZones(region, names, known, count));
}

/**
 * @param names zones of the region that are open, in their order
 * @throws pulumi.RunError that names what is missing where, where fewer remain than are needed
 */
export function chosenZones(
	region: string,
	names: readonly string[],
	services: readonly EndpointService[],
	count: number,
): string[] {
	const lacking = (zone: string) => services.filter(({ zones }) => zones.length > 0 && !zones.includes(zone));
	const whole = names.filter((zone) => lacking(zone).length === 0);
	if (whole.length >= count) return whole.slice(0, count);
	const reasons = names.flatMap((zone) => {
		const missing = lacking(zone).map(({ name }) => name);
		return missing.length === 0 ? [] : [`${zone} lacks ${missing.join(", ")}`];
	});
	throw new pulumi.RunError(
		`In the region ${region}, this account can use every service in ${whole.length} zones, but the network needs ${count}` +
			`${reasons.length === 0 ? "" : ` (${reasons.join("; ")})`}. Deploy to another region: pulumi config set aws:region us-west-2; ` +
			"or use your own subnets: set vpcId, privateSubnetIds and routeTableIds.",
	);
}

/** Zones of subnets that exist, once it is known that every part of the stack can stand in them. */
export function existingZones(
	parent: pulumi.Resource,
	subnetIds: readonly pulumi.Input<string>[],
	services: readonly pulumi.Output<EndpointService>[],
	endpointZones: number,
): pulumi.Output<string[]> {
	const zones = subnetIds.map((id) => aws.ec2.getSubnetOutput({ id }, { parent }).availabilityZone);
	return pulumi
		.all([pulumi.all([...subnetIds]), pulumi.all(zones), pulumi.all([...services])])
		.apply(([ids, names, known]) => {
			refuseZones(ids, names, known, endpointZones);
			return names;
		});
}

/**
 * @param zones of the subnets, one each
 * @param endpointZones in how many of them, from the first, interface endpoints stand
 * @throws pulumi.RunError that names the subnets which share a zone, or whose zone lacks a service
 */
export function refuseZones(
	subnetIds: readonly string[],
	zones: readonly string[],
	services: readonly EndpointService[],
	endpointZones: number,
): void {
	const errors = subnetIds.flatMap((id, index) => {
		const zone = zones[index] ?? "";
		const first = zones.indexOf(zone);
		if (first < index)
			return [`${subnetIds[first]} and ${id} are both in ${zone}. Replace one with a subnet in another zone.`];
		const missing = services.filter((service) => service.zones.length > 0 && !service.zones.includes(zone));
		if (index >= endpointZones || missing.length === 0) return [];
		const names = missing.map(({ name }) => name).join(", ");
		return [
			`${id} is in ${zone}, which lacks ${names}. Use a subnet in another zone, or list it last and lower endpointZones.`,
		];
	});
	if (errors.length === 0) return;
	throw new pulumi.RunError(
		`The subnets in privateSubnetIds are not in ${subnetIds.length} different zones with every service:\n${errors.map((error) => `  ${error}`).join("\n")}`,
	);
}
