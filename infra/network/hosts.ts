import { isIPv4, isIPv6 } from "node:net";

/** A name's parts, of which the last has a letter. https://www.rfc-editor.org/rfc/rfc1123#section-2.1 */
const label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
const hostName = new RegExp(`^(?=.{1,253}$)(${label}\\.)*(?!\\d+$)${label}\\.?$`);

/** What is wrong with the name or address of a server that AWS is to reach; undefined where nothing is. */
export function hostFault(host: string): string | undefined {
	if (/^localhost\.?$/i.test(host) || /^(127|0)\./.test(host)) return "is not reachable from AWS";
	if (isIPv6(host)) return "is an IPv6 address, which the network does not support";
	return isIPv4(host) || hostName.test(host) ? undefined : "is not a host name or address";
}
