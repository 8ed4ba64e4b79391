/** MariaDB's global transaction ids as text, `0-1-100,1-1-5`: domain, server, number. */
export function sortGtids(text: string): string {
	return text
		.split(",")
		.filter((gtid) => gtid !== "")
		.sort()
		.join(",");
}

export function domainOf(gtid: string): string {
	return gtid.slice(0, gtid.indexOf("-"));
}
