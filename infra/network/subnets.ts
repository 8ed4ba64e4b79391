import { isIPv4 } from "node:net";

/**
 * Divides an IPv4 range into equal parts.
 *
 * @param cidr such as `10.40.0.0/16`
 * @param parts how many; the prefix grows by the bits they need
 * @throws Error where the range is malformed, does not begin at its network address, or leaves parts below /28
 */
export function divideRange(cidr: string, parts: number): string[] {
	const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
	const numbers = match?.slice(1).map(Number) ?? [];
	const [a = 256, b = 256, c = 256, d = 256, prefix = 33] = numbers;
	if ([a, b, c, d].some((octet) => octet > 255) || prefix > 32) throw new Error(`not an IPv4 range: ${cidr}`);
	const start = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
	const size = 2 ** (32 - prefix);
	if (start % size !== 0) throw new Error(`${cidr} does not start at its network address`);
	const grown = prefix + Math.ceil(Math.log2(parts));
	if (grown > 28) throw new Error(`${cidr} is too small for ${parts} subnets of /28 or more`);
	return Array.from({ length: parts }, (_, index) => {
		const address = start + index * 2 ** (32 - grown);
		return `${dotted(address)}/${grown}`;
	});
}

/** What is wrong with the text of a range; undefined where nothing is. */
export function rangeFault(cidr: string): string | undefined {
	const form = "is not an IPv4 range such as 10.40.0.0/16";
	const [address = "", prefix = "", ...more] = cidr.split("/");
	if (!isIPv4(address) || !/^\d{1,2}$/.test(prefix) || Number(prefix) > 32 || more.length > 0) return form;
	const size = 2 ** (32 - Number(prefix));
	const start = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
	return start % size === 0 ? undefined : `does not start at its network address, ${dotted(start - (start % size))}`;
}

/** Ranges that no VPC of the pipeline may touch, and why. */
const reserved: readonly (readonly [range: string, reason: string])[] = [
	// https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReplicationInstance.VPC.html
	["192.168.0.0/24", "which DMS reserves"],
	// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
	...["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"].map(
		(range) => [range, "which AWS networks cannot use"] as const,
	),
];

/** The same of a range for a new VPC. */
export function vpcRangeFault(cidr: string): string | undefined {
	const fault = rangeFault(cidr);
	if (fault !== undefined) return fault;
	const prefix = Number(cidr.split("/")[1]);
	if (prefix < 16 || prefix > 24) return "is not between /16 and /24";
	const [range, reason] = reserved.find(([range]) => rangesOverlap(cidr, range)) ?? [];
	return range === undefined ? undefined : `touches ${range}, ${reason}`;
}

function dotted(address: number): string {
	return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** Whether two ranges share an address; both well formed. */
export function rangesOverlap(one: string, other: string): boolean {
	const bounds = (cidr: string): [number, number] => {
		const [address = "", prefix = "32"] = cidr.split("/");
		const start = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
		return [start, start + 2 ** (32 - Number(prefix))];
	};
	const [start, end] = bounds(one);
	const [otherStart, otherEnd] = bounds(other);
	return start < otherEnd && otherStart < end;
}
